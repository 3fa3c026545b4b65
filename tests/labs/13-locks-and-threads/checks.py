"""Lab 13: toyos's sleep locks and futexes, and its library's mutexes and conditions. A duet of the grader's notes when
programs make null calls, how long their hart has worked by then, and what is in their memory."""

import struct

from labs.toyos_disk import BLOCK, Disk, Record, Unsound

MS = 1_000_000       # nanoseconds
LIMIT = 400_000_000  # instructions of a run
READERS = "toyos/programs/readers"
EFAULT, EINVAL, EAGAIN, ETIMEDOUT = 14, 22, 11, 110


class Mark:
    """A null call: on which hart, when, how long the hart has worked, the program's word."""

    def __init__(self, line):
        _, *numbers, word = line.split()
        self.hart, self.when, self.worked = (int(number) for number in numbers)
        self.word = int(word, 16)


def marks_of(lab, run, count):
    lab.expect(run.status, 0, "the exit status; output: " + run.out.decode(errors="replace")[:300])
    found = [Mark(line) for line in run.err.decode(errors="replace").splitlines() if line.startswith("mark ")]
    if len(found) < count:
        lab.fail("null calls of the program", count, f"{len(found)}; {run.out.decode(errors='replace')[:300]}")
    return found


def threads(lab, work, *numbers, cpus=1):
    run = lab.toyos(f"threads {work} " + " ".join(map(str, numbers)), options=["--cpus", str(cpus)], limit=LIMIT)
    run.duet = "recorder"
    return run


def mutex(lab):
    for cpus in (1, 2):
        number, rounds = lab.random.randrange(3, 7), 4 * lab.random.randrange(20, 40)
        begin = lab.random.randrange(1 << 20)
        run = yield threads(lab, "mutex", number, rounds, begin, cpus=cpus)
        lab.expect(marks_of(lab, run, 1)[-1].word, begin + number * rounds,
                   f"what {begin} is when {number} threads at {cpus} harts have added 1, each {rounds} times")


def ring(lab):
    for cpus in (1, 2):
        number, rounds = lab.random.randrange(2, 5), lab.random.randrange(60, 90)
        run = yield threads(lab, "ring", number, rounds, cpus=cpus)
        lab.expect(marks_of(lab, run, 1)[-1].word, number * rounds,
                   f"how often {number} threads at {cpus} harts had their turn, {rounds} times each")


def signals(lab):
    takers = lab.random.randrange(3, 7)
    run = yield threads(lab, "signals", takers)
    lab.expect(marks_of(lab, run, 1)[-1].word, takers, f"how many of {takers} threads got what they waited for")
    run = yield threads(lab, "late", lab.random.randrange(15, 30))
    lab.expect(marks_of(lab, run, 1)[-1].word, 1, "signals that came right after the mutex was given up")


def futex(lab):
    ms = lab.random.randrange(20, 60)
    run = yield threads(lab, "futex", ms)
    marks = marks_of(lab, run, 2)
    lines = run.lines()
    lab.expect(lines[:1], [f"-1 {EAGAIN} -1 {EINVAL} -1 {EFAULT} 0"],
               "futex_wait() at a word with another value, at a misaligned one, at none: result and errno; "
               "futex_wake() where nobody waits")
    lab.expect(lines[1:2], [f"-1 {ETIMEDOUT}"], f"futex_wait() for {ms} ms")
    waited = marks[1].when - marks[0].when
    if not ms * MS <= waited <= (ms + 5) * MS:
        lab.fail(f"how long futex_wait() for {ms} ms takes", f"{ms} ms", f"{waited / MS:.1f} ms")
    order = sorted(lines[2:5]), sorted(lines[5:7]), sorted(lines[7:])
    lab.expect(order, (["2", "first woke", "first woke"], ["1", "first woke"], ["1", "other woke"]),
               "3 processes wait at a word and 1 at another; 2 are to be woken at the first, 2 more, 2 at the other")


def held(lab):
    ms, number = lab.random.randrange(40, 70), lab.random.randrange(3, 7)
    run = yield threads(lab, "held", ms, number)
    marks = marks_of(lab, run, 3)
    before, after, end = marks[:3]
    lab.expect((before.word, after.word, end.word), (0, 0, number),
               f"how many of {number} threads are through: twice while another one holds what they wait for, and then")
    lab.expect(after.when - before.when >= ms * MS, True, f"whether {ms} ms have passed")
    worked = (after.worked - before.worked) / (after.when - before.when)
    if worked > 0.25:
        lab.fail(f"the share of {ms} ms in which the hart works, while {number} threads wait", "next to nothing",
                 f"{worked:.0%}")


def disk(lab):
    readers, blocks = lab.random.randrange(3, 6), lab.random.randrange(16, 24)
    data = lab.bytes(blocks * BLOCK)
    with open(lab.candidate.files[READERS], "rb") as file:
        image = Disk.make(lab.guest_path("mkfs"), 1 << 20, {"init": file.read(), "data": data})
    run = lab.toyos(str(readers), options=["--disk=FOLDER/disk", "--memory=32M", "--sandbox=off"],
                    files={"disk": image.packed(request_us=4000)}, limit=2 * LIMIT)
    run.duet = "recorder"
    run = yield run
    begin, end = marks_of(lab, run, 2)[:2]
    record = Record(run.err)
    after = record.disk_at(image, record.end + 1, lambda write: lambda sector: True)
    try:
        sums = after.tree().get("sum", b"")
    except Unsound as error:
        lab.fail("the disk at the end", "a sound file system", error)
    lab.expect(len(sums), 8 * readers, f"bytes that {readers} readers have written")
    lab.expect(hex(sum(struct.unpack(f"<{readers}Q", sums)) & (1 << 64) - 1),
               hex(sum(struct.unpack(f"<{len(data) // 8}Q", data)) & (1 << 64) - 1), "the sum of all that they read")
    worked = (end.worked - begin.worked) / (end.when - begin.when)
    if worked > 0.4:
        lab.fail(f"the share of {(end.when - begin.when) / MS:.0f} ms in which the hart works, while {readers} "
                 "processes read a file from a slow disk", "a small one", f"{worked:.0%}")

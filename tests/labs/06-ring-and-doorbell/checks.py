"""Lab 06: the ring by itself, in all orders of two threads' accesses, and below a disk of the candidate's duet."""

import struct

GUESTS = "06-ring-and-doorbell/guests"   # the reference has them all; with labs/ before it, what the candidate builds
SIZE = 8
SECTOR, SECTORS = 512, 64
STUCK, RACE = 1, 2            # of enum order_end, tests/unit/order.h
WORD = 1 << 32
TIMES = "\n".join


def ring(lab, commands):
    """A run of guests/ring.c, with the candidate's ring in it, on the reference's duet."""
    return lab.reference(f"labs/{GUESTS}/ring", stdin=TIMES(commands) + "\n")


class Ring:
    """What the ring must do: abi/queue.h and common/ring.h."""

    def __init__(self, start, words):
        self.words = words
        self.commands, self.asked = [f"begin {start} {words}"], []
        self.put_index = self.published = self.taken = self.wake = start
        self.entries = []

    def do(self, command, answer=None):
        self.commands.append(command)
        if answer is not None:
            self.asked.append((command, str(answer)))

    def answered(self, run):
        """The commands that are answered, the right answers, and those of the run."""
        lines = run.lines()
        return ((*asked, lines[number] if number < len(lines) else "") for number, asked in enumerate(self.asked))

    def put(self, number):
        self.do(f"put {number}")
        self.entries.append(number)
        self.put_index += 1

    def publish(self):
        woken = self.published <= self.wake < self.put_index
        self.published = self.put_index
        self.do("publish", int(woken))

    def take(self):
        number = self.entries.pop(0)
        self.do("take", " ".join(str(number + i) for i in range(self.words)))
        self.taken += 1

    def ready(self):
        return self.published - self.taken

    def count(self):
        self.do("count", self.ready())

    def sleep(self, count):
        self.wake = self.taken + count - 1
        self.do(f"sleep {count}", int(self.ready() < count))

    def awake(self):
        self.wake = self.taken + (1 << 31) - 1
        self.do("awake")

    def beyond(self):
        self.do("beyond", int(self.published > self.wake))


def starts(lab):
    """How many entries there were before: near to where counts and differences of them wrap."""
    return [0, WORD - lab.random.randrange(1, 20), (1 << 31) - lab.random.randrange(1, 20), lab.random.randrange(WORD)]


def entries(lab):
    rings = [Ring(start, words) for start, words in zip(starts(lab), (1, 2, 3, 4))]
    for one in rings:
        for _ in range(6):
            for _ in range(lab.random.randrange(1, SIZE + 1)):
                one.put(lab.random.randrange(1 << 40))
            one.count()
            one.publish()
            one.count()
            while one.ready():
                one.take()
    runs = yield [ring(lab, one.commands) for one in rings]
    for one, run in zip(rings, runs):
        for command, answer, line in one.answered(run):
            if command != "publish":  # whether anyone is to be woken is another check's
                lab.expect(line, answer, f"after `{one.commands[0]}`: {command}")


def wakes(lab):
    rings = [Ring(start, 1) for start in starts(lab)]
    for one in rings:
        for _ in range(5):
            wanted = lab.random.randrange(2, 5)
            one.sleep(wanted)
            for _ in range(wanted - 1):
                one.put(1)
            one.publish()
            one.beyond()
            one.put(1)
            one.put(1)
            one.publish()
            one.beyond()
            one.put(1)
            one.publish()
            one.beyond()
            one.publish()
            one.sleep(1)
            one.sleep(one.ready())
            one.sleep(one.ready() + 1)
            one.beyond()
            while one.ready():
                one.take()
        one.awake()
        for _ in range(SIZE):
            one.put(1)
            one.publish()
            one.beyond()
    runs = yield [ring(lab, one.commands) for one in rings]
    for one, run in zip(rings, runs):
        for number, (command, answer, line) in enumerate(one.answered(run)):
            if command != "take":
                lab.expect(line, answer, f"after `{one.commands[0]}`, answer {number}: {command}")


def explored(lab, ignored):
    key = lab.random.randrange(1 << 60)
    run = yield lab.reference(f"labs/{GUESTS}/orders", stdin=f"{1 << ignored} {key}\n")
    lab.expect(run.out.decode(errors="replace"), f"{key}\n{key + 1}\n{key + 2}\n",
               "three uses of the ring, each in all orders; the order in which one goes wrong is")


def ordered(lab):
    yield from explored(lab, STUCK)


def fences(lab):
    yield from explored(lab, RACE)


class Disk:
    def __init__(self, lab):
        self.image = lab.bytes(SECTOR * SECTORS)

    def run(self, lab, commands):
        return lab.duet(f"{GUESTS}/queue", stdin=TIMES(commands) + "\n", options=["--disk=FOLDER/disk.img,ro"],
                        files={"disk.img": self.image})

    def sum(self, sector):
        total = 0
        for word in struct.unpack_from("<64Q", self.image, sector * SECTOR):
            total = (total * 31 + word) % (1 << 64)
        return total >> 1


def disk(lab):
    image = Disk(lab)
    rounds = [[lab.random.randrange(SECTORS) for _ in range(lab.random.choice((1, 2, 5, SIZE)))] for _ in range(40)]
    run = yield image.run(lab, ["start", *(f"read {' '.join(map(str, sectors))}" for sectors in rounds)])
    lines, tag = run.lines(), 0
    lab.expect(lines[:1], ["0"], "the error of starting the queue")
    at = 1
    for sectors in rounds:
        wanted = sorted(f"{tag + i} 0 {image.sum(sector)}" for i, sector in enumerate(sectors))
        lab.expect(sorted(lines[at:at + len(sectors)]), wanted,
                   f"tag, status and sum of {len(sectors)} requests from number {tag} on")
        tag += len(sectors)
        at += len(sectors)


def tail(lab):
    image = Disk(lab)
    sector = lab.random.randrange(SECTORS)
    run = yield image.run(lab, ["start", f"read {sector}", "behind", "start", f"read {sector} {sector}"])
    line = f"0 {image.sum(sector)}"
    lab.expect(run.lines(), ["0", f"0 {line}", "0", "0", f"1 {line}", f"2 {line}"],
               "a read; completions after a tail of 9 in a queue of 8; the queue started anew, and two reads")
    lab.expect_match(run.err, "tail", "what duet says on stderr")


def own(lab):
    image = Disk(lab)
    sectors = [lab.random.randrange(SECTORS) for _ in range(20)]
    commands = ["start"]
    for sector in sectors:
        commands += [f"scribble {lab.random.randrange(1 << 64)}", f"ask {sector}"]
    run = yield image.run(lab, commands)
    wanted = [f"{(1 << 32) + 1 + i} 0 {image.sum(sector)} {i + 1}" for i, sector in enumerate(sectors)]
    lab.expect(run.lines(), ["0", *wanted], "tag, status, sum and the completions' tail of each request")

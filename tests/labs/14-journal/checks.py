"""Lab 14: the journal of toyos's file system. What goes to the disk is seen by a duet of the grader's; the disks that
a power cut could leave are made of that, and read, here on the PC."""

from labs.toyos_disk import BLOCK, JOURNAL, SECTOR, Disk, Record, Unsound

PROGRAM = "toyos/programs/journaled"
SIZE = 1 << 20
MASK = (1 << 64) - 1
PIECE = 64  # bytes, of programs/journaled.c
CUTS = 50


def disk_make(lab, names="0123"):
    """A disk with the program and these files, of 2 to 4 blocks; and the files {name: bytes}."""
    files = {name: lab.bytes(lab.random.randrange(BLOCK + 1, 4 * BLOCK)) for name in names}
    with open(lab.candidate.files[PROGRAM], "rb") as file:
        files["init"] = file.read()
    return Disk.make(lab.guest_path("mkfs"), SIZE, files), files


def journaled(lab, disk, words=(), seed=0):
    """A run of programs/journaled.c on a disk."""
    run = lab.toyos(" ".join([f"{seed:x}", *words]), options=["--disk=FOLDER/disk", "--memory=32M"],
                    files={"disk": disk.packed()})
    run.duet = "recorder"
    return run


def written(content, value):
    """A file after file_write() in programs/journaled.c."""
    data = b""
    while len(data) < PIECE:
        value = (value * 6364136223846793005 + 1442695040888963407) & MASK
        data += value.to_bytes(8, "little")
    at = (value >> 60) * PIECE
    return content[:at].ljust(at, b"\0") + data + content[at + PIECE:]


def plan(lab, files, count):
    """Works for the program, by chance: (words, seed, states), of which states[n] has the files after n works."""
    seed, words, states = lab.random.randrange(1 << 63), [], [files]
    for number in range(count):
        now = dict(states[-1])
        there = sorted(now.keys() - {"init"})
        free = sorted(set("0123456789") - now.keys())
        kind = "s" if number % 6 == 5 else lab.random.choice("wwwwccur" if len(there) < 7 else "wwur")
        if kind == "c" or len(there) < 2:
            word = "c" + lab.random.choice(free)
            now[word[1]] = b""
        elif kind == "u":
            word = "u" + lab.random.choice(there)
            del now[word[1]]
        elif kind == "r":
            word = "r" + lab.random.choice(there) + lab.random.choice(free)
            now[word[2]] = now.pop(word[1])
        elif kind == "w":
            word = "w" + lab.random.choice(there)
            now[word[1]] = written(now[word[1]], (seed + number) & MASK)
        else:
            word = "s"
        words.append(word)
        states.append(now)
    return words, seed, states


def worked(lab, count=24):
    """A run with works: (disk before, words, states, Record)."""
    disk, files = disk_make(lab)
    words, seed, states = plan(lab, files, count)
    run = yield journaled(lab, disk, words, seed)
    lab.expect(run.status, 0, "the exit status; stderr: " + ended(run))
    record = Record(run.err)
    lab.expect(len(record.marks), count + 1, "null calls of the program")
    return disk, words, states, record


def ended(run):
    """What is there besides the record."""
    lines = run.err.decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("begin ", "end ", "mark ")))[:300]


def recovered(lab, disk, what):
    """The files of a disk, after the log has been replayed here."""
    try:
        disk.replay()
        return disk.tree()
    except Unsound as error:
        lab.fail(f"the disk after {what}", "a sound file system", error)


def differs(files, states):
    """How a tree differs from the nearest of these."""
    near = min(states, key=lambda state: sum(state.get(name) != files.get(name) for name in {*state, *files}))
    return ", ".join(f"file {name} " + ("is missing" if name not in files else "must not be there" if name not in near
                                        else "has other contents")
                     for name in sorted({*near, *files}) if near.get(name) != files.get(name))


def expect_state(lab, files, states, what):
    if files not in states:
        lab.fail(what, "the files as they were after one of the works that may have been the last",
                 differs(files, states))


def commit(lab):
    disk, words, states, record = yield from worked(lab)
    for number, word in enumerate(words, 1):
        if word == "s":
            files = recovered(lab, record.disk_at(disk, record.marks[number]), "fsync, without what was not flushed")
            expect_state(lab, files, [states[number]],
                         f"the disk when fsync has returned, work {number} of {len(words)}")


def by_chance(random):
    """keeps() for disk_at(): a write is lost, or arrives, wholly or but for some sectors."""
    chance = random.randrange(4)

    def keeps(write):
        if random.randrange(4) < chance:
            return lambda sector: False
        lost = {sector for sector in range(len(write.data) // SECTOR) if random.randrange(16) == 0}
        return lambda sector: sector not in lost
    return keeps


def moments(lab, record, first):
    """Lines before which the power goes: by chance, and where most is in flight, before the ends of flushes."""
    flushes = [end for begin, end in record.flushes if begin > first]
    cuts = [lab.random.randrange(first, record.end + 2) for _ in range(CUTS // 2)]
    return cuts + [lab.random.choice(flushes) for _ in range(CUTS // 2) if flushes]


def cuts(lab):
    disk, words, states, record = yield from worked(lab)
    for cut in moments(lab, record, record.marks[0] + 1):
        begun = sum(mark < cut for mark in record.marks)
        durable = max((n for n in range(begun) if n and words[n - 1] == "s"), default=0)
        files = recovered(lab, record.disk_at(disk, cut, by_chance(lab.random)), "a power cut")
        what = f"the disk after a power cut in work {begun} of {len(words)}; fsync had returned in work {durable}"
        expect_state(lab, files, states[durable:begun + 1], what)


def expect_order(lab, disk, record, what):
    """Home only what is in the log for good, block 1 only when all is home for good, the log only when block 1 is."""
    for write in record.writes:
        if write.block == 0 or len(write.data) != BLOCK:
            lab.fail(f"{what}: a write", "to a block that may change, 4,096 bytes",
                     f"{len(write.data)} to {write.block}")
        flushed = record.flushed(write.begin)
        pending = {other.block for other in record.writes
                   if other.begin < write.begin and not (other.end and other.end < flushed)}
        if write.block >= disk.log:
            lab.expect(JOURNAL in pending, False, f"{what}: whether the log is written before block 1 was flushed")
            continue
        try:
            done, after = record.disk_at(disk, write.begin).transactions()
        except Unsound as error:
            lab.fail(f"{what}: the log when block {write.block} is written", "sound", error)
        if write.block == JOURNAL:
            home = sorted(block for block in pending if JOURNAL < block < disk.log)
            lab.expect(home, [], f"{what}: blocks that are home but not flushed when block 1 is written")
            now = record.disk_at(disk, write.begin)
            now.write(JOURNAL, write.data)
            lab.expect(now.header(), after, f"{what}: transaction and place in the log that block 1 gets")
        elif {write.block: write.data}.items() > {block: data for changes in done
                                                  for block, data in changes.items()}.items():
            lab.fail(f"{what}: block {write.block} goes home", "after the same was in the log for good", "before")


def order(lab):
    disk, _, _, record = yield from worked(lab, 40)
    home = [write for write in record.writes if JOURNAL < write.block < disk.log]
    lab.expect(bool(home), True, "whether anything is written home")
    expect_order(lab, disk, record, "with 40 works")


def log_fill(lab, disk, files, count, at=None):
    """Puts transactions that change the files' contents into the log, from place `at` on. Gives the trees after each,
    and for each (sequence, place)."""
    sequence, start = disk.header()
    at = start if at is None else at
    disk.header_write(sequence, at)
    trees, places = [disk.tree()], []
    names = sorted(files.keys() - {"init"})
    for number in range(sequence, sequence + count):
        changes = {}
        for name in lab.random.sample(names, 2):
            first = disk.data.index(files[name][:BLOCK]) // BLOCK
            changes[first] = lab.bytes(BLOCK)
        places.append((number, at))
        at = disk.transaction_write(number, at, changes)
        after = disk.copy()
        after.replay()
        trees.append(after.tree())
    return trees, places


def expect_end(lab, run, disk, states, what):
    """The disk after a run that powered off is sound without its log."""
    lab.expect(run.status, 0, f"{what}: the exit status; stderr: " + ended(run))
    record = Record(run.err)
    after = record.disk_at(disk, record.end + 1, lambda write: lambda sector: True)
    try:
        lab.expect(len(after.transactions()[0]), 0, f"{what}: transactions that are left in the log at the end")
        files = after.tree()
    except Unsound as error:
        lab.fail(f"{what}: the disk at the end", "a sound file system", error)
    expect_state(lab, files, states, f"{what}: the disk at the end")
    return record


def recovers(lab):
    for turn in ("somewhere in the log", "around the end of the log"):
        disk, files = disk_make(lab)
        count = lab.random.randrange(3, 6)
        space = disk.log_blocks
        at = lab.random.randrange(space // 2) if turn[0] == "s" else space - lab.random.randrange(2, 4 * count - 2)
        trees, _ = log_fill(lab, disk, files, count, at)
        run = yield journaled(lab, disk)
        expect_end(lab, run, disk, trees[-1:], f"{count} transactions, {turn}")


def spoil(lab, disk, kind, sequence, at):
    """Spoils the transaction at a place of the log, which has two blocks."""
    def change(number, offset, data):
        place = disk.log_place(at + number) * BLOCK + offset
        disk.data[place:place + len(data)] = data
    if kind == "a sector of a block has not arrived":
        change(lab.random.randrange(1, 3), lab.random.randrange(8) * SECTOR, lab.bytes(SECTOR))
    elif kind == "the commit block has not arrived":
        change(3, 0, bytes(BLOCK))
    elif kind == "it is of the log's last round":
        changes = disk.transaction_read(sequence, at)
        disk.transaction_write(sequence - 1, at, changes)


SPOILT = ("a sector of a block has not arrived", "the commit block has not arrived", "it is of the log's last round")


def torn(lab):
    for kind in SPOILT:
        disk, files = disk_make(lab)
        count = lab.random.randrange(2, 4)
        trees, places = log_fill(lab, disk, files, count, lab.random.randrange(disk.log_blocks))
        spoil(lab, disk, kind, *places[-1])
        run = yield journaled(lab, disk)
        expect_end(lab, run, disk, trees[-2:-1], f"{count} transactions, and of the last {kind}")


def again(lab):
    disk, files = disk_make(lab)
    trees, places = log_fill(lab, disk, files, 4, lab.random.randrange(disk.log_blocks))
    first = disk.copy()
    first.replay()
    words, seed, states = plan(lab, first.tree(), 12)
    run = yield journaled(lab, disk, words, seed)
    record = expect_end(lab, run, disk, states[-1:], "recovery and 12 works")
    lab.expect(len(record.marks), 13, "null calls of the program")
    recovery = [write for write in record.writes if write.begin < record.marks[0]]
    lab.expect(sum(write.block == JOURNAL for write in recovery), 1, "times that block 1 is written before the first "
               "program begins, with transactions in the log")
    for cut in moments(lab, record, 1):
        begun = sum(mark < cut for mark in record.marks)
        durable = max((n for n in range(begun) if n and words[n - 1] == "s"), default=0)
        found = recovered(lab, record.disk_at(disk, cut, by_chance(lab.random)), "a power cut in or after a recovery")
        what = f"the disk after a recovery and a power cut in work {begun}; fsync had returned in work {durable}"
        expect_state(lab, found, states[durable:begun + 1], what)
    expect_order(lab, disk, record, "with a recovery")


def hostile(lab):
    disk, _ = disk_make(lab)
    sequence, at = disk.header()
    wanted = (lab.random.randrange(2), disk.log + lab.random.randrange(1 << 20))
    runs = []
    for block in wanted:
        bad = disk.copy()
        good = lab.random.randrange(bad.files, bad.log)
        bad.transaction_write(sequence, at, {good: bad.block(good), block: lab.bytes(BLOCK)})
        runs.append(journaled(lab, bad))
    results = yield runs
    for block, run in zip(wanted, results):
        lab.expect((run.status, len(Record(run.err).writes)), (126, 0),
                   f"exit status, and writes to the disk, with a log that wants block {block} of {disk.blocks} written")

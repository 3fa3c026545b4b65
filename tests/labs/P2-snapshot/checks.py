"""Lab P2: a machine is saved in a file and goes on from it. What the candidate saves the reference restores, and the
other way round, so that each half is seen by itself."""

import struct

GUEST = "P2-snapshot/guests/machine"
MEMORY_MIB, HARTS = 8, 5
PAGES, WORDS = 512, 512          # of the guest's area
MASK = (1 << 64) - 1
SHOWN = 32768                    # bytes of the file that are shown
BOTH = (("candidate", "reference"), ("reference", "candidate"))
NOT_RUN = 127

# vmm/state/snapshot.h and state_data.h
MAGIC, VERSION, PREAMBLE = b"DUETSAVE", 5, 32
SUM_NONE, SUM_FACTOR = 0xcbf29ce484222325, 0x9e3779b97f4a7c15
ABI_AT, MEMORY_AT = 32, 40       # words of the head
# KVM's ids (linux/kvm.h, asm/kvm.h): 64-bit registers of RISC-V
PC, A0, TIMER_COMPARE, SSCRATCH = 0x8030_0000_0200_0000, 0x8030_0000_0200_000a, 0x8030_0000_0400_0002, 0x8030_0000_0300_0003


def machine(lab, saver, lines, then, harts=HARTS, args=(), ends=True, more=()):
    """A run in which `saver` saves the machine in `state`, as the lines for its console say."""
    run = lab.duet(GUEST, stdin="\n".join([*lines, "end 0"]) + "\n", args=args, then=then,
                   options=[f"--memory={MEMORY_MIB}M", f"--cpus={harts}", f"--save=state{',end' if ends else ''}", *more])
    run.duet = saver
    return run


def restored(lab, lines, **more):
    """Runs in which one saves, and the other restores: (who restores, run)."""
    return [(restorer, machine(lab, saver, lines, f"/box/{restorer} --restore=state", **more)) for saver, restorer in BOTH]


def said(run):
    """A run's messages, for one who looks why it failed."""
    return run.err.decode(errors="replace")[-300:].strip() or "nothing"


def expect_lines(lab, run, expected, what):
    lab.expect(run.lines(), expected, f"{what}; duet said: {said(run)}")


def xorshift(state):
    """random_next() of guests/machine.c."""
    state ^= state << 13 & MASK
    state ^= state >> 7
    return state ^ state << 17 & MASK


def signed(word):
    return word - (1 << 64) if word >> 63 else word


def total(words):
    result = 0
    for word in words:
        result = (result * 6364136223846793005 + word) & MASK
    return str(signed(result))


def state_sum(data):
    result = SUM_NONE
    for word, in struct.iter_unpack("<Q", data):
        result = (result ^ word) * SUM_FACTOR & MASK
        result ^= result >> 29
    return result


class Reader:
    """Words and pieces of the head. A head that ends too early is a check that fails."""

    def __init__(self, lab, data):
        self.lab, self.data, self.at = lab, data, 0

    def take(self, count):
        self.lab.expect(self.at + count <= len(self.data), True,
                        f"whether the head has {count} bytes at {self.at}, and all before is of the right length")
        self.at += count
        return self.data[self.at - count:self.at]

    def word(self):
        return struct.unpack("<Q", self.take(8))[0]

    def piece(self):
        length = self.word()
        return self.take(length + -length % 8)[:length]


def registers_of(lab, piece):
    """{id: value} of a hart's registers."""
    reader, found = Reader(lab, piece), {}
    while reader.at < len(piece):
        number = reader.word()
        size = 1 << (number >> 52 & 15)
        found[number] = reader.take(size + -size % 8)[:size]
    return found


def head(lab):
    harts, seed = lab.random.randrange(2, 5), lab.random.randrange(1, 1 << 62)
    words = ["".join(lab.random.choice("abcdefgh") for _ in range(lab.random.randrange(1, 20))) for _ in range(3)]
    run = yield machine(lab, "candidate", [f"set {seed}", "save"], f"head -c {SHOWN} state", harts=harts, args=words)
    data = run.out
    lab.expect(data[:8], MAGIC, f"how the file begins; duet said: {said(run)}")
    version, length, checksum = struct.unpack_from("<3Q", data, 8)
    lab.expect(version, VERSION, "the version")
    lab.expect(length % 8 == 0 and PREAMBLE < length <= len(data), True, f"whether {length} can be the bytes of the head")
    lab.expect(hex(checksum), hex(state_sum(data[PREAMBLE:length])), "the sum of what follows the preamble")
    reader = Reader(lab, data[:length])
    reader.at = MEMORY_AT
    lab.expect(reader.word(), MEMORY_MIB << 20, "RAM's bytes")
    lab.expect(reader.word(), harts, "the number of harts")
    for _ in range(5 + 1):
        reader.word()   # what the harts are like, and the ELF file's sum
    lab.expect(reader.piece().decode(errors="replace"), " ".join(words), "the boot arguments")
    lab.expect([reader.word(), reader.word()], [0, 0], "whether there is a board, and its virtio devices")
    for hart in range(harts):
        lab.expect(reader.word(), int(hart > 0), f"whether hart {hart} is stopped")
        found = registers_of(lab, reader.piece())
        lab.expect([hex(number) for number in (PC, A0, SSCRATCH, TIMER_COMPARE) if number not in found], [],
                   f"of KVM's ids of pc, a0, sscratch and the timer, those that hart {hart} lacks")
        if hart == 0:
            for _ in range(11 + 32 + 1):
                seed = xorshift(seed)
            lab.expect(hex(struct.unpack("<Q", found[SSCRATCH])[0]), hex(seed), "hart 0's sscratch")


def memory(lab):
    seed = state = lab.random.randrange(1, 1 << 62)
    words, pages = {}, 0
    for page in range(PAGES):
        state = xorshift(state)
        if state & 1:
            words[page * WORDS + (state >> 8) % WORDS] = state
            pages += 1
    run = yield machine(lab, "candidate", [f"fill {seed}", "save", "sum"],
                        "stat -c %b state\n/box/reference --restore=state", harts=1)
    lines = run.lines()
    lab.expect(len(lines) > 0 and lines[0].isdigit(), True, f"whether there is a file; duet said: {said(run)}")
    run.out = run.out.partition(b"\n")[2]
    expect_lines(lab, run, ["0 1", total((words[at] + at) & MASK for at in sorted(words))],
                 "what save returned, and a sum of memory")
    used, most = int(lines[0]) // 8, pages + 64
    lab.expect(pages <= used <= most, True,
               f"whether the file takes between {pages} and {most} pages of the disk, where {pages} of the guest's are not "
               f"zero, and few others; it takes {used}")


def registers(lab):
    seed = state = lab.random.randrange(1, 1 << 62)
    words = []
    for _ in range(11 + 32 + 2):
        state = xorshift(state)
        words.append(state)
    words[-1] &= 0x7f
    both = restored(lab, [f"set {seed}", "save", "registers"], harts=1)
    for (who, _), run in zip(both, (yield [run for _, run in both])):
        expect_lines(lab, run, ["0 1", total(words)], f"restored by the {who}: what save returned, and a sum of s1 to s11, "
                     "f0 to f31, sscratch and fcsr")


def goes_on(lab):
    seed, status = lab.random.randrange(1, 1 << 62), lab.random.randrange(1, 100)
    run = yield machine(lab, "candidate", [f"fill {seed}", "save", f"end {status}"],
                        "echo $?\n/box/reference --restore=state; echo $?", harts=1, ends=False)
    lab.expect(run.lines()[:2], ["0 0", str(status)],
               f"what save returned where the machine goes on, and its exit status; duet said: {said(run)}")
    lab.expect(run.lines()[2:3], ["0 1"], f"what it returned where the machine was restored; duet said: {said(run)}")


def harts(lab):
    seed = lab.random.randrange(1, 1 << 58)
    both = restored(lab, [f"harts {seed}", "save", "wake"])
    for (who, _), run in zip(both, (yield [run for _, run in both])):
        expect_lines(lab, run, ["0 1", "0 0 1 1 0", *(str(seed * (hart + 1)) for hart in range(1, HARTS))],
                     f"restored by the {who}: what save returned, what the harts 1 to 4 were, and what each has in a "
                     "register when it goes on")


def timer(lab):
    ticks = lab.random.randrange(200_000, 2_000_000)
    both = restored(lab, [f"timer {ticks}", "save", "ring"], harts=1)
    both[1][1].duet = "late"
    for (who, _), run in zip(both, (yield [run for _, run in both])):
        expect_lines(lab, run, ["0 1", "on rang"], f"restored by the {who}: what save returned, how the clock goes on, and "
                     "when the timer has rung")


def changed(at, value):
    """A shell line that changes a byte of `new`; `value` may use what it `was`."""
    return (f"was=$(dd if=new bs=1 skip={at} count=1 2>/dev/null | od -An -tu1); "
            f"printf \"\\\\$(printf %o {value})\" | dd of=new bs=1 seek={at} conv=notrunc 2>/dev/null")


def refuses(lab):
    at = lab.random.randrange(PREAMBLE, 2000)
    cases = [("cut in the head", "truncate -s 700 new"),
             ("cut in RAM", f"truncate -s {lab.random.randrange(1 << 20, 8 << 20)} new"),
             (f"with another byte {at}", changed(at, "$(((was + 1) % 256))")), ("of another format", changed(7, "0")),
             ("of another version", changed(8, "9")), ("with a longer head", changed(17, "200"))]
    lab.random.shuffle(cases)
    runs = yield [machine(lab, "reference", ["save"], f"mv state new\n{edit}\n/box/candidate --restore=new; echo $?", harts=2)
                  for _, edit in cases]
    for (what, _), run in zip(cases, runs):
        lab.expect(run.lines(), [str(NOT_RUN)], f"the exit status for a file {what}; duet said: {said(run)}")
        mine = [line for line in run.err.decode(errors="replace").splitlines() if "saved: --restore" not in line]
        lab.expect(len(mine), 1, f"lines of messages for a file {what}: {mine}")
        lab.expect_match(mine[0], "new", f"the file's name in the message for one {what}")

"""Lab 09: toyos's page tables, looked at from outside by a duet of the grader's; and copies to and from programs."""

import struct

from labs.looks import PAGE, USER_TOP, A, D, G, R, U, V, W, X, letters, looks, user_half

ACCESS = V | R | W | X | U
KVA_OFFSET = 0xffff_ffc0_0000_0000  # toyos/kernel/layout.h
KSTACK_BASE = 0xffff_ffff_c000_0000
RAM_BASE, RAM_SIZE = 0x8000_0000, 128 << 20
LARGE = 2 << 20
AREA_PAGES = 1 << 20
PHDR = struct.Struct("<IIQQQQQQ")   # of the ELF gABI, "Program Header"


def fill(length, seed):
    """Letters that follow from the seed: fill() in programs/paging.c."""
    text = bytearray()
    for _ in range(length):
        seed = (seed * 1664525 + 1013904223) & 0xffff_ffff
        text.append(97 + (seed >> 24) % 26)
    return bytes(text)


def paging(lab, *works, duet="reference"):
    """A run of programs/paging.c, for each of the works, a name with its arguments."""
    lines = ["paging " + " ".join(word if isinstance(word, str) else f"{word:x}" for word in work) for work in works]
    run = lab.toyos("; ".join(lines))
    run.duet = duet
    return run


def segments(lab):
    """The kernel's own, out of its ELF file: (first address, address of the end, R, W and X)."""
    with open(lab.candidate.files["toyos"], "rb") as file:
        image = file.read()
    offset, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    found = []
    for number in range(count):
        kind, flags, _, va, _, _, bytes_, _ = PHDR.unpack_from(image, offset + number * size)
        if kind == 1:
            found.append((va, va + (bytes_ + PAGE - 1) // PAGE * PAGE,
                          (R if flags & 4 else 0) | (W if flags & 2 else 0) | (X if flags & 1 else 0)))
    return found


def kernel(lab):
    run = yield paging(lab, ("nothing", 0), duet="looker")
    upper = [piece for piece in looks(lab, run)[-1] if piece.va >= KVA_OFFSET]
    for piece in upper:
        what = f"the entry of {piece.va:#x}"
        lab.expect(letters(piece.flags & U), letters(0), f"{what}: whether it is the user's")
        lab.expect(letters(piece.flags & (A | D | G)), letters(A | D | G), f"{what}: its A, D and G bits")
        if piece.va < KSTACK_BASE:
            lab.expect(hex(piece.pa), hex(piece.va - KVA_OFFSET), f"{what}: where it leads to")
    own = segments(lab)
    for first, end, access in own:
        expect_mapped(lab, upper, first, end, access)
    # What is not the kernel's own is for data, and so is the kernel's copy of itself nowhere else.
    at = KVA_OFFSET + RAM_BASE
    for first, end, _ in [*sorted(own), (KVA_OFFSET + RAM_BASE + RAM_SIZE - (4 << 20), 0, 0)]:
        if at < first:
            expect_mapped(lab, upper, max(at, KVA_OFFSET + RAM_BASE + LARGE), first, R | W, whole=False)
        at = end


def expect_mapped(lab, pieces, first, end, access, whole=True):
    """[first, end) is mapped so; `whole`: without a gap."""
    at = first
    for piece in pieces:
        if piece.end <= first or piece.va >= end:
            continue
        lab.expect(letters(piece.flags & ACCESS), letters(access | V),
                   f"the bits of the page at {max(piece.va, first):#x}, V to U")
        if whole:
            lab.expect(piece.va <= at, True, f"whether {at:#x} is mapped")
        at = piece.end
    if whole:
        lab.expect(at >= end, True, f"whether {at:#x} is mapped")


def pages(lab):
    seed = lab.random.randrange(1 << 40, 1 << 48)
    # Pages beside each other, in several tables of each level.
    first = lab.random.randrange(512)
    numbers = {0, first, first + 1, 511, 512, AREA_PAGES - 1,
               *(lab.random.randrange(AREA_PAGES) for _ in range(8)),
               *((lab.random.randrange(1, 4) << 18) + offset for offset in (0, 1))}
    numbers = sorted(numbers)
    lab.random.shuffle(numbers)
    run = yield paging(lab, ("pages", seed, *numbers), duet="looker")
    lab.expect(run.out, b"0 wrong\n", "what the program finds in its pages")
    seen = user_half(looks(lab, run, 2)[0])
    lower = {piece.word: piece for piece in seen}
    lost = [number for number in numbers if seed + number not in lower]
    lab.expect(lost, [], "pages of which RAM has not what the program wrote")
    base = lower[seed + numbers[0]].va - numbers[0] * PAGE
    for number in numbers:
        piece = lower[seed + number]
        lab.expect(hex(piece.va), hex(base + number * PAGE), f"the address of page {number:#x}")
        lab.expect((piece.bytes, letters(piece.flags & 0xff)), (PAGE, letters(V | R | W | U | A | D)),
                   f"the size and the bits of page {number:#x}")
    places = [piece.pa for piece in seen]
    lab.expect(len(set(places)), len(places), "the number of pages in RAM that the program has")


def program(lab):
    run = yield paging(lab, ("pages", 0, 0), ("touch", 0, KVA_OFFSET + RAM_BASE + LARGE), duet="looker")
    lower = user_half(looks(lab, run, 2)[0])
    text = [piece for piece in lower if piece.flags & X]
    lab.expect([hex(piece.va) for piece in text][:1], ["0x0"], "the first page of text")
    for piece in text:
        lab.expect(letters(piece.flags & 0xff), letters(V | R | X | U | A | D), f"the bits of text at {piece.va:#x}")
    data = lower[len(text):]
    lab.expect(len(data) >= 3, True, "whether there are pages for data, stack and heap")
    for piece in data:
        lab.expect(letters(piece.flags & 0xff), letters(V | R | W | U | A | D), f"the bits of data at {piece.va:#x}")
    answers = [line.split()[-1] for line in run.lines() if line.endswith((" done", "killed"))]
    lab.expect(answers, ["done", "killed", "killed", "killed"],
               "load and store at address 0; load and store at the kernel's text")


def copies(lab):
    cases = []
    for length in (lab.random.randrange(2, 300), lab.random.randrange(4097, 6000), 8192):
        page = 1 if length > 1000 else 2
        before = lab.random.randrange(1, min(length, PAGE))
        cases.append((lab.random.randrange(1 << 32), page * PAGE - before, length))
    run = yield paging(lab, *((work, *case) for case in cases for work in ("in", "out")))
    lines = iter(run.out.split(b"\n"))
    for seed, offset, length in cases:
        what = f"{length} bytes at {offset:#x} of scattered pages"
        expected = fill(length, seed)
        lab.expect(next(lines, b"") == expected, True, f"copy in, {what}: whether the bytes are right")
        lab.expect(next(lines, b"") == expected, True, f"copy out, {what}: whether the bytes are right")
        lab.expect(next(lines, b""), b"0 around", f"copy out, {what}: bytes changed around them")


def strings(lab):
    text = fill(lab.random.randrange(20, 60), lab.random.randrange(1 << 32)).decode()
    befores = (lab.random.randrange(1, len(text)), len(text), len(text) + 1)
    run = yield paging(lab, *(("string", before, text) for before in befores))
    lab.expect(run.lines(), [text] * 3, f"echo of a string with {befores} bytes in its first page")


def refused(lab):
    length = lab.random.randrange(2, 100)
    rest = lab.random.randrange(16, PAGE) & ~15
    outside = [KVA_OFFSET + RAM_BASE + (64 << 20) + lab.random.randrange(1 << 20) * 16, segments(lab)[0][0] + rest,
               KSTACK_BASE - rest, USER_TOP - rest, USER_TOP + rest, 1 << 38 | 1 << 45, (1 << 64) - 8, 1 << 30]
    run = yield paging(lab, ("buffers", 0, *outside), ("edge", length))
    lab.expect(run.lines()[:-5], ["0 done EFAULT another error", *(f"{at:x} EFAULT EFAULT EFAULT" for at in outside)],
               "what becomes of write, read and open with buffers at these addresses")
    lab.expect(run.lines()[-5:], [f"write {length}", f"read {length}", "write EFAULT", f"write {length}",
                                  "string EFAULT"], f"{length} bytes at the end of a page, then one more")

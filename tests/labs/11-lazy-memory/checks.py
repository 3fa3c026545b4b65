"""Lab 11: toyos's lazy heap and its areas, looked at from outside by a duet of the grader's."""

from labs.looks import PAGE, A, D, R, U, V, W, letters, looks, user_half

OWN = letters(V | R | W | U | A | D)
HEAP_PAGES = (1 << 30) // PAGE
SMALL = ["--memory", "32M"]


def lazy(lab, work, *arguments, **more):
    """A run of programs/lazy.c."""
    run = lab.toyos(" ".join(["lazy", work, *(f"{value:x}" for value in arguments)]), **more)
    run.duet = "looker"
    return run


def said(run):
    """What the program has printed; the kernel says for itself why a process was killed."""
    return [line for line in run.lines() if ": pid " not in line]


def bases(lab, run, count):
    """The addresses that the program has shown."""
    found = [line.split()[1] for line in run.lines() if line.startswith("base ")]
    if len(found) < count:
        lab.fail("what the program shows", f"{count} addresses", (run.out + run.err).decode(errors="replace")[:300])
    return [int(text, 16) for text in found]


def within(table, base, pages):
    """The pages {number: Mapped} of [base, base + pages) in the table."""
    return {(piece.va - base) // PAGE: piece for piece in user_half(table) if base <= piece.va < base + pages * PAGE}


def seed_of(lab):
    return lab.random.randrange(1 << 40, 1 << 48) << 12


def heap(lab):
    seed, kept = seed_of(lab), lab.random.randrange(1000, 2000)
    loaded, *stored = lab.random.sample(range(kept), 4) + lab.random.sample(range(kept, HEAP_PAGES), 8)
    stored += [HEAP_PAGES - 1, kept]
    run = yield lazy(lab, "heap", seed, kept, loaded, *stored)
    base, = bases(lab, run, 1)
    before, used, shrunk = [within(table, base, HEAP_PAGES) for table in looks(lab, run, 3)[:3]]
    lab.expect(sorted(before), [], "pages of 1 GiB of heap that nobody has used yet")
    lab.expect(sorted(used), sorted({loaded, *stored}), "pages that are there when these have been used")
    for page in stored:
        lab.expect(hex(used[page].word), hex(seed + page), f"the first word of page {page}")
        lab.expect(letters(used[page].flags & 0xff), OWN, f"the bits of page {page}")
    lab.expect(sorted(shrunk), sorted(page for page in {loaded, *stored} if page < kept),
               f"pages that are there when the heap has shrunk to {kept} pages")
    lab.expect(said(run)[-1:], ["0 wrong"], "what the program finds in its pages, also in those that came anew")


def now(lab):
    pages = lab.random.randrange(20, 90)
    run = yield lazy(lab, "now", pages)
    base, = bases(lab, run, 1)
    there = within(looks(lab, run)[0], base, pages)
    lab.expect(sorted(there), list(range(pages)), "pages that are there when sbrk() returns")
    lab.expect(sorted({letters(piece.flags & 0xff) for piece in there.values()}), [OWN], "their bits")
    lab.expect(len({piece.pa for piece in there.values()}), pages, "how many pages of RAM these are")
    lab.expect(said(run)[1:], ["refused", "0 lost, the end moved by 0"], "a call for 1 GiB, and what it leaves")


def areas(lab):
    seed = seed_of(lab)
    lengths = [lab.random.randrange(2, 60) for _ in range(lab.random.randrange(4, 8))] + [1 << 20, 7]
    run = yield lazy(lab, "areas", seed, *lengths)
    found = bases(lab, run, len(lengths))
    ranges = sorted((base, base + length * PAGE) for base, length in zip(found, lengths))
    for (_, end), (start, _) in zip(ranges, ranges[1:]):
        lab.expect(end <= start, True, f"whether an area that begins at {start:#x} lies behind the one before it")
    before, used = looks(lab, run, 2)[:2]
    for number, (base, length) in enumerate(zip(found, lengths)):
        what = f"area {number} of {length} pages"
        lab.expect(sorted(within(before, base, length)), [], f"{what}: pages that nobody has used yet")
        pages = within(used, base, length)
        lab.expect(sorted(pages), [0, length - 1], f"{what}: pages that are there when two were used")
        is_constant = number == len(lengths) - 1
        for page, word in ((0, seed + number), (length - 1, seed + 0x100 + number)):
            lab.expect(hex(pages[page].word), hex(0 if is_constant else word), f"{what}: the first word of page {page}")
            lab.expect(letters(pages[page].flags & (V | R | W | U)), letters(V | R | U | (0 if is_constant else W)),
                       f"{what}: bits of page {page}")
    lab.expect(said(run)[len(lengths):], ["refused all refused"],
               "an area of a byte more than is left above the heap, one of all that is left, a larger heap then")


def unmap(lab):
    seed, pages = seed_of(lab), lab.random.randrange(10, 40)
    start = lab.random.randrange(1, pages - 2)
    end = lab.random.randrange(start + 1, pages - 1)
    run = yield lazy(lab, "unmap", seed, pages, start, end, lab.random.randrange(pages))
    base, = bases(lab, run, 1)
    full_, cut, gone = [within(table, base, pages) for table in looks(lab, run, 3)[:3]]
    lab.expect(sorted(full_), list(range(pages)), "pages before munmap()")
    left = [page for page in range(pages) if not start <= page < end]
    lab.expect(sorted(cut), left, f"pages when [{start}, {end}) have gone")
    for page in left:
        lab.expect((hex(cut[page].word), hex(cut[page].pa)), (hex(seed + page), hex(full_[page].pa)),
                   f"what page {page} begins with, and where it is")
    lab.expect(sorted(gone), [], "pages when all have gone")
    lab.expect(said(run)[1:], ["there gone there 0 lost"],
               f"pages {start - 1}, {start} and {end} for a child; and memory in the end")


def guard(lab):
    pages = lab.random.randrange(3, 12)
    run = yield lazy(lab, "guard", pages)
    base, = bases(lab, run, 1)
    lab.expect(sorted(within(looks(lab, run)[0], base, pages)), [1, pages - 1], "pages of the stack that are there")
    lab.expect([line for line in said(run) if ": " in line],
               ["load: killed", "store: killed", "above: done", "above, without guard: done"],
               "who uses the guard page, and the one above it")
    lab.expect(said(run)[:1], ["-1 1"], "write() from the guard page, and from the one above it")


def bounds(lab):
    run = yield lazy(lab, "bounds", lab.random.randrange(2, 40))
    lines = said(run)
    lab.expect(lines[:-1], ["the heap's last byte: done", "behind the heap: killed", "behind the heap, load: killed",
                            "before the areas: killed", "load from a constant: done", "store to a constant: killed",
                            "load from nothing: killed", "a jump into the heap's end: killed"],
               "what becomes of children")
    lab.expect(lines[-1:], ["8 8 -1 -1 8 -1 -1"],
               "what write() from heap, constant, behind the heap, nothing, and read() to the heap's end, a constant, "
               "behind the heap return")


def full(lab):
    rounds = lab.random.randrange(3, 6)
    run = yield lazy(lab, "full", rounds, options=SMALL)
    lab.expect(run.status, 0, "the exit status; stderr: " + run.err.decode(errors="replace")[:200])
    lines = said(run)
    lab.expect(lines, ["killed"] * rounds + ["refused refused", "0 lost"],
               "what becomes of processes that use more pages than there are, and of memory")

"""Lab 10: fork by copy-on-write in toyos, looked at from outside by a duet of the grader's."""

from labs.looks import A, D, R, U, V, W, letters, looks, user_half

PAGES = 16  # of programs/cow.c
WORD_MASK = (1 << 64) - 1
SMALL = ["--memory", "32M"]  # so that a leak is felt soon


def cow(lab, work, *arguments, **more):
    """A run of programs/cow.c."""
    run = lab.toyos(" ".join(["cow", work, *(f"{value:x}" for value in arguments)]), **more)
    run.duet = "looker"
    return run


def page_looks(lab):
    """Of a run of `cow pages`: (seed, KEPT, CHILDS, PARENTS, looks), each of which is {page: Mapped} and has the
    others' pages under their addresses. In this order: the parent's after the fork; the child's before and after its
    write; the parent's after its own; the parent's after the child has ended and it wrote again."""
    seed = lab.random.randrange(1 << 40, 1 << 48) << 12
    kept, childs, parents = lab.random.sample(range(PAGES), 3)
    run = yield cow(lab, "pages", seed, kept, childs, parents)
    tables = [user_half(table) for table in looks(lab, run, 5)[:5]]
    base = [piece.va for piece in tables[0] if piece.word == seed]
    if not base:
        lab.fail("the parent's page 0 in RAM", hex(seed), "no page that begins with it")
    found = [{(piece.va - base[0]) // 4096: piece for piece in table} for table in tables]
    missing = [page for table in found for page in range(PAGES) if page not in table]
    lab.expect(missing, [], "pages that are missing in a page table")
    return seed, kept, childs, parents, found


def shares(lab):
    seed, *_, found = yield from page_looks(lab)
    parent, child = found[:2]
    for page in range(PAGES):
        lab.expect(hex(child[page].pa), hex(parent[page].pa), f"where in RAM the child has page {page}, as its parent")
        for who, table in (("parent", parent), ("child", child)):
            lab.expect(letters(table[page].flags & 0xff), letters(V | R | U | A | D),
                       f"the bits of the {who}'s page {page} after the fork")
            lab.expect(hex(table[page].word), hex(seed + page), f"the first word of the {who}'s page {page}")
    text = min(parent)
    lab.expect(hex(child[text].pa), hex(parent[text].pa), "where in RAM the child has its text, as its parent")
    of_child = {piece.pa: piece for piece in child.values()}
    for piece in parent.values():
        if piece.pa in of_child:
            lab.expect(letters((piece.flags | of_child[piece.pa].flags) & W), letters(0),
                       f"whether someone may write to the page at {piece.va:#x}, which both have")


def breaks(lab):
    seed, _, childs, parents, found = yield from page_looks(lab)
    first, before, child, parent, _ = found
    own = letters(V | R | W | U | A | D)
    lab.expect(letters(child[childs].flags & 0xff), own, "the bits of the page that the child wrote to")
    lab.expect(hex(child[childs].word), hex(seed + childs + 0x100), "its first word")
    lab.expect(child[childs].pa != first[childs].pa, True, "whether it is another page than the parent's")
    lab.expect(hex(parent[childs].word), hex(seed + childs), "the first word of the parent's")
    lab.expect(letters(parent[parents].flags & 0xff), own, "the bits of the page that the parent wrote to")
    lab.expect(hex(parent[parents].word), hex(seed + parents + 0x200), "its first word")
    lab.expect(parent[parents].pa != child[parents].pa, True, "whether it is another page than the child's")
    for page in set(range(PAGES)) - {childs, parents}:
        lab.expect((hex(child[page].pa), hex(parent[page].pa)), (hex(before[page].pa), hex(first[page].pa)),
                   f"where the child and the parent have page {page}, which nobody wrote to")


def last(lab):
    seed, kept, childs, _, found = yield from page_looks(lab)
    for page in (kept, childs):
        lab.expect(hex(found[4][page].word), hex(seed + page + 0x400), f"the first word of page {page}")
        lab.expect(hex(found[4][page].pa), hex(found[0][page].pa),
                   f"where page {page} is, which nobody else has when the parent writes to it")


def family_sums(words, depth):
    if depth == 0:
        total = 0
        for word in words:
            total = (total * 31 + word) & WORD_MASK
        yield f"{total:x}"
        return
    for by in (2 * depth, 2 * depth + 1):
        words_then = [(word * 6364136223846793005 + by) & WORD_MASK if (by + page) % 3 else word
                      for page, word in enumerate(words)]
        yield from family_sums(words_then, depth - 1)


def family(lab):
    seed = lab.random.randrange(1 << 40, 1 << 48)
    run = yield cow(lab, "family", seed, 4)
    sums = list(family_sums([seed + page for page in range(PAGES)], 4))
    lab.expect(run.lines()[:16], sums, "the sums of the pages of 16 processes")
    lab.expect(run.lines()[16:], ["16 0 0", f"{seed:x} {seed + 1:x}"],
               "what the kernel read for a child, and the parent's pages after that")


def stale(lab):
    run = yield cow(lab, "stale", lab.random.randrange(1, 1 << 48), 12)
    lab.expect(run.lines(), ["0 wrong"], "pages in which a child finds what its parent wrote after the fork")


def leaks(lab):
    run = yield cow(lab, "leaks", lab.random.randrange(1 << 40, 1 << 48), 200, 12, options=SMALL)
    lab.expect(run.lines(), ["0 wrong, 0 pages lost"], "the pages after many forks")


def full(lab):
    run = yield cow(lab, "full", lab.random.randrange(1 << 40, 1 << 48), options=SMALL)
    lines = [line for line in run.lines() if line.startswith(("child", "parent", "fork"))]
    lab.expect(lines, ["child: 0 wrong", "child: killed", "parent: 0 wrong, 0 pages lost"],
               "how a large process gets on with its child; stderr: " + run.err.decode(errors="replace")[:300])


def kinds(lab):
    seed = lab.random.randrange(1 << 40, 1 << 48)
    run = yield cow(lab, "kinds", seed)
    child, parent = (user_half(table) for table in looks(lab, run, 2)[:2])
    for value in (seed, seed + 1):
        places = [{piece.pa for piece in table if piece.word == value and piece.flags & W} for table in (child, parent)]
        lab.expect(len(places[0] & places[1]), 1, "pages of shared memory that both have, and may write to")
    answers = [line for line in run.lines() if line.split()[-1] in ("done", "killed", f"{seed + 1:x}", "1")]
    lab.expect([line.split()[-1] for line in answers], [f"{seed + 1:x}", "killed", "killed", "done", "1"],
               "what a child wrote to shared memory; a child that writes to its text, to read-only memory and to "
               "shared memory; and what that did")

"""What the duet of tests/labs/duets/looker.c saw: the page tables of a guest, as they are in RAM."""

import re

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
SOFTWARE = 0x300  # bits that the hardware leaves to the kernel
NAMES = "VRWXUGAD"
PAGE = 4096
USER_TOP = 1 << 38  # of Sv39's lower half


class Mapped:
    """A page of the lower half, or what goes on in the upper half. `word` is the first 8 bytes of a page."""

    def __init__(self, line):
        self.va, self.pa, self.bytes, self.flags, self.word = (int(text, 16) for text in line.split())
        self.end = self.va + self.bytes


def looks(lab, run, count=1):
    """The page tables at each null call of a program, and at the end: lists of Mapped, in the order of their
    addresses. The check fails if there are less than `count`, or if the tables make no sense."""
    found = []
    for line in run.err.decode(errors="replace").splitlines():
        if line.startswith("look "):
            found.append([])
        elif found and re.fullmatch(r"[0-9a-f]+(?: [0-9a-f]+){4}", line):
            found[-1].append(Mapped(line))
        elif line.startswith(("no RAM at", "a table where", "paging is not")):
            lab.fail("the page tables", "tables in RAM that lead to pages", line)
    if len(found) < count:
        lab.fail("looks at the page tables, when programs ask for them and when toyos ends", count,
                 f"{len(found)}; {(run.err + run.out).decode(errors='replace')[:300]}")
    return found


def user_half(pieces):
    return [piece for piece in pieces if piece.va < USER_TOP]


def letters(flags):
    return "".join(name if flags >> bit & 1 else "-" for bit, name in enumerate(NAMES))

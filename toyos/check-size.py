#!/usr/bin/env python3
"""Counts the kernel's lines, room by room: it is to be read as a whole, in an afternoon (toyos/README.md).

Fails if a room has more lines than its budget, all of them have more than an afternoon's worth, or a file
is too long. Drivers and the network are counted apart: one reads the one or two that one needs. Not counted
is what only the debug build has. Lines are those with code: no comments, no blank ones. To raise a budget
is no crime, but a decision: the room's concern has grown.
"""

import glob
import os
import re
import sys

KERNEL = "toyos/kernel/"
KERNEL_MAX = 9000
FILE_MAX = 700  # with comments and blank lines

BUDGETS = {  # by room, from the bottom up
    "": 200,  # what is in no room
    "base": 800,
    "mm": 550,
    "sched": 850,
    "fs": 2700,
    "uvm": 1000,
    "file": 1100,
    "proc": 1200,
    "trap": 1200,
    "boot": 700,
}
APART = {"dev": 1500, "net": 1500}
NOT_COUNTED = {"debug"}


def main():
    """Prints the table, then what is too large."""
    lines, too_long = {}, []
    for path in sorted(glob.glob(KERNEL + "**/*", recursive=True)):
        if not path.endswith((".c", ".h", ".S", ".inc", ".ld")):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.count("\n") > FILE_MAX:
            too_long.append(f"{path}: {text.count(chr(10))} lines, at most {FILE_MAX}")
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        room = os.path.dirname(path[len(KERNEL):])
        lines[room] = lines.get(room, 0) + sum(1 for line in code.splitlines() if line.strip())

    core = 0
    for room, budget in (BUDGETS | APART).items():
        if room not in lines:
            continue
        core += lines[room] if room in BUDGETS else 0
        print(f"  {KERNEL}{room:8}{lines[room]:6} of {budget}{'' if room in BUDGETS else ', apart'}")
        if lines[room] > budget:
            too_long.append(f"{KERNEL}{room}: {lines[room]} lines of code, at most {budget}")
    print(f"  {'all but what is apart':21}{core:6} of {KERNEL_MAX}")
    if core > KERNEL_MAX:
        too_long.append(f"{KERNEL}: {core} lines of code, at most {KERNEL_MAX}")
    too_long += [f"{KERNEL}{room}: it has no budget" for room in sorted(set(lines) - set(BUDGETS) - set(APART) - NOT_COUNTED)]
    if core == 0:
        too_long.append(f"{KERNEL}: not here")
    print("\n".join(too_long), end="\n" if too_long else "")
    sys.exit(bool(too_long))


if __name__ == "__main__":
    main()

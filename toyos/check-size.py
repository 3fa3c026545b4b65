#!/usr/bin/env python3
"""Counts the kernel's lines: it is to be read as a whole. Fails if it, or a file of it, is too long.

Not counted is what only the debug build has: toyos/kernel/debug.
"""

import glob
import re
import sys

KERNEL_MAX = 9000  # without comments and blank lines
FILE_MAX = 700  # with all

kernel = 0
too_long = []
for path in sorted(glob.glob("toyos/kernel/**/*.[chS]", recursive=True)):
    with open(path) as file:
        text = file.read()
    if text.count("\n") > FILE_MAX:
        too_long.append(f"{path}: {text.count(chr(10))} lines, at most {FILE_MAX}")
    if path.startswith("toyos/kernel/debug/"):
        continue
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    kernel += sum(1 for line in code.splitlines() if line.strip())

if kernel > KERNEL_MAX:
    too_long.append(f"toyos/kernel: {kernel} lines without comments and debug/, at most {KERNEL_MAX}")
if kernel == 0:
    too_long.append("toyos/kernel: not here")
print("\n".join(too_long) if too_long else f"toyos/kernel: {kernel} lines without comments and debug/")
sys.exit(bool(too_long))

#!/usr/bin/env python3
"""Fail if a kernel function executes a floating-point instruction: check-fp.py < objdump -d

Processes own the floating-point registers while the kernel runs; only fpu.S may touch them."""

import re
import sys

ALLOWED = {"fpu_save", "fpu_load"}
FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+[0-9a-f]+\s+(?:c\.)?(f[a-z0-9.]+)")

function, bad, seen = "?", {}, False
for line in sys.stdin:
    match = FUNCTION.match(line)
    if match:
        function = match.group(1)
        continue
    match = INSTRUCTION.match(line)
    if match and not match.group(1).startswith("fence"):
        seen = True
        if function not in ALLOWED:
            bad.setdefault(function, match.group(1))
for name, instruction in bad.items():
    print(f"toyos: {name} executes {instruction}: no floating point in the kernel", file=sys.stderr)
if not seen:
    print("toyos: check-fp.py found not even fpu.S: is this a disassembly?", file=sys.stderr)
sys.exit(bool(bad) or not seen)

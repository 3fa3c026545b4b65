#!/usr/bin/env python3
"""The way of a core file out of the host Linux: tests/host/core.py HOST-SEND FOLDER. Parts of a large file are sent, by
host-send as it is built for this PC, and put together again. A line about each thing that is wrong."""

import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts"))

from host_linux import CoreFile  # noqa: E402

LENGTH = 64 << 30  # bytes, of which these are no hole: where they are, and how many
PARTS = ((0, 4096), (5 << 20, 3 << 20), ((33 << 30) + 4096, 8192), (LENGTH - 65536, 4096))
MARGIN = 1 << 20  # file systems keep parts of a file in blocks of their own size

send, folder = sys.argv[1:]
there, here = os.path.join(folder, "there.core"), os.path.join(folder, "here.core")
wrong = []


def check(is_so, what):
    if not is_so:
        wrong.append(what)


def arrive(stream):
    """Has what was sent arrive in pieces of any length."""
    core = CoreFile(here, there)
    left = stream
    while left:
        count = random.choice((1, 7, 15, 16, 17, 4096, 65536))
        core.take(left[:count])
        left = left[count:]
    core.end(len(stream))


with open(there, "wb") as file:
    for place, count in PARTS:
        file.seek(place)
        file.write(random.randbytes(count))
    file.truncate(LENGTH)
with subprocess.Popen([send, there], stdout=subprocess.PIPE) as process:
    stream = process.stdout.read(sum(count for _, count in PARTS) + MARGIN)
    check(not process.stdout.read(1), "holes are sent")
    process.stdout.close()
check(process.returncode == 0, f"host-send's exit status is {process.returncode}")
with open(here, "w") as file:
    file.write("the one before")
arrive(stream[:-1])
with open(here) as file:
    check(file.read(20) == "the one before", "a file that did not come whole takes the place of the one before")
arrive(stream)
check(sorted(os.listdir(folder)) == ["here.core", "there.core"], "what was begun is left")
check(os.path.getsize(here) == LENGTH, f"{os.path.getsize(here)} bytes arrived")
check(os.stat(here).st_blocks <= os.stat(there).st_blocks + MARGIN // 512, "holes have become zeroes")
with open(there, "rb") as ours, open(here, "rb") as theirs:
    for place, count in PARTS:
        ours.seek(place)
        theirs.seek(place)
        check(ours.read(count) == theirs.read(count), f"at {place} something else arrived")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)

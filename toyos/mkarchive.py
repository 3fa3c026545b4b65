#!/usr/bin/env python3
"""Write files into an archive in cpio's "newc" format: mkarchive.py ARCHIVE [NAME=]FILE..."""

import os
import sys


def member(number, name, mode, data):
    """One member: header, name and data, the last two padded to 4 bytes."""
    name = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def main():
    """Times and owners are 0, so that the same files give the same archive."""
    out = b""
    for number, argument in enumerate(sys.argv[2:], 1):
        name, _, path = argument.rpartition("=")
        with open(path, "rb") as file:
            out += member(number, name or os.path.basename(path), 0o100755, file.read())
    out += member(0, "TRAILER!!!", 0, b"")
    with open(sys.argv[1], "wb") as file:
        file.write(out)


main()

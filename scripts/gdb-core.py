"""What gdb is told of a core file of duet's: which thread is which hart, and whether the ELF file fits. gdb reads
this in `make gdb CORE=FILE`, once the ELF file is open; `core` is the core file's name."""

import struct

import gdb

PT_LOAD, PF_W = 1, 2


def core_open(path):
    """The oldest versions of gdb take all of the line for the file's name; newer ones take it out of quotes, and refuse
    such a line."""
    try:
        gdb.execute(f"core-file {path}")
    except gdb.error:
        if not set(path) & set(" \t\\\"'"):
            raise
        quoted = path.replace("\\", "\\\\").replace('"', '\\"')
        gdb.execute(f'core-file "{quoted}"')


def harts_name():
    for thread in gdb.selected_inferior().threads():
        thread.name = f"hart {thread.ptid[1] - 1}"


def constants(path):
    """What the ELF file has that no guest changes: virtual addresses and bytes of the segments that are not
    written to."""
    with open(path, "rb") as file:
        elf = file.read()
    start, size, count = (struct.unpack_from(kind, elf, at)[0] for kind, at in (("<Q", 32), ("<H", 54), ("<H", 56)))
    for at in range(start, start + count * size, size):
        kind, flags, offset, address, _, length = struct.unpack_from("<IIQQQQ", elf, at)
        if kind == PT_LOAD and not flags & PF_W:
            yield address, elf[offset:offset + length]


def guest_check():
    """Another build's symbols would lie."""
    inferior = gdb.selected_inferior()
    for address, expected in constants(gdb.current_progspace().filename):
        try:
            same = inferior.read_memory(address, len(expected)).tobytes() == expected
        except gdb.MemoryError:  # not mapped at the moment of death
            continue
        if not same:
            print("The guest's file is not the one that ran (was it built anew?): names and lines may be wrong.")
            return


core_open(core)  # noqa: F821
harts_name()
guest_check()
gdb.execute("info threads")

"""Lab 03: ELF files made here, byte by byte, from a reference guest that shows what is in its memory."""

import struct

RAM_BASE, RAM_SIZE = 0x8000_0000, 128 << 20
RAM_END = RAM_BASE + RAM_SIZE
FREE = RAM_BASE + (16 << 20)  # from here on nothing of the guest's own is
UPPER_HALF = 0xffff_ffff_0000_0000
FAILED = 127                  # duet's status when it cannot run a guest

# Of the ELF gABI, "ELF Header" and "Program Header", 64 bits.
EHDR, PHDR = struct.Struct("<16sHHIQQQIHHHHHH"), struct.Struct("<IIQQQQQQ")
PT_LOAD, R, W, X = 1, 4, 2, 1


class Segment:
    def __init__(self, paddr, data=b"", memsz=None, vaddr=None, flags=R | W, offset=None, filesz=None):
        self.paddr, self.data, self.flags, self.offset = paddr, data, flags, offset
        self.memsz = len(data) if memsz is None else memsz
        self.vaddr = paddr if vaddr is None else vaddr
        self.filesz = len(data) if filesz is None else filesz

    def shows(self):
        """What the guest shows of it: its bytes, and zeroes for the rest."""
        return (self.data + bytes(self.memsz - len(self.data))).hex()


def elf(lab, segments, shift=0, entry=None):
    """The file of the reference guest with these segments besides. `shift` moves all virtual addresses of the guest,
    and its entry point."""
    with open(lab.guest_path("guests/caller"), "rb") as file:
        image = bytearray(file.read())
    ehdr = list(EHDR.unpack_from(image))
    own = [list(PHDR.unpack_from(image, ehdr[5] + number * ehdr[9])) for number in range(ehdr[10])]
    for phdr in own:
        phdr[3] = phdr[3] + shift & 0xffff_ffff_ffff_ffff
    ehdr[4] = (ehdr[4] + shift & 0xffff_ffff_ffff_ffff) if entry is None else entry
    table = [PHDR.pack(*phdr) for phdr in own]
    for segment in segments:
        image += bytes(-len(image) % 16)
        offset = len(image) if segment.offset is None else segment.offset
        image += segment.data
        table.append(PHDR.pack(PT_LOAD, segment.flags, offset, segment.vaddr, segment.paddr, segment.filesz,
                               segment.memsz, 16))
    image += bytes(-len(image) % 16)
    ehdr[5], ehdr[10] = len(image), len(table)
    ehdr[6] = ehdr[11] = ehdr[12] = ehdr[13] = 0  # the sections are of no use here
    image[:EHDR.size] = EHDR.pack(*ehdr)
    return bytes(image + b"".join(table))


def start(lab, image, stdin=""):
    return lab.duet("mine.elf", files={"mine.elf": image}, stdin=stdin)


def expect_shown(lab, segments, **more):
    """The guest starts, and shows the segments' bytes."""
    commands = "".join(f"get {segment.paddr} {segment.memsz}\n" for segment in segments if segment.memsz)
    run = yield start(lab, elf(lab, segments, **more), commands + "end 5\n")
    lab.expect(run.status, 5, f"the guest's exit status; stderr: {run.err.decode(errors='replace')[:200]}")
    lines = run.lines()
    for segment, line in zip((segment for segment in segments if segment.memsz), lines):
        lab.expect(line, segment.shows(), f"the {segment.memsz} bytes at {segment.paddr:#x}, in hexadecimal")


def expect_refused(lab, *images):
    """For each (file, what it is) duet says in one line, with the file's name, that it cannot run it. A file with
    nothing wrong runs: to refuse all is no check."""
    good = elf(lab, [Segment(FREE, lab.bytes(100))])
    sound, *runs = yield [start(lab, image, "end 5\n") for image, _ in ((good, ""), *images)]
    lab.expect(sound.status, 5, "a file with nothing wrong: the guest's exit status")
    for run, (_, what) in zip(runs, images):
        lab.expect(run.status, FAILED, f"{what}: duet's exit status")
        lines = run.err.decode(errors="replace").splitlines()
        lab.expect(len(lines), 1, f"{what}: the number of lines on stderr")
        lab.expect_match(lines[0], "mine.elf: ", f"{what}: the line on stderr")


def places(lab, count):
    """Addresses with 64 KiB of room each, in random order."""
    return lab.random.sample(range(FREE, RAM_END - (1 << 20), 1 << 16), count)


def loads(lab):
    segments = [Segment(place + lab.random.randrange(256) * 16, lab.bytes(lab.random.randrange(1, 4000)))
                for place in places(lab, 5)]
    for segment in segments[:3]:
        segment.memsz += lab.random.randrange(1, 2000)
    yield from expect_shown(lab, segments)


def physical(lab):
    first, second, elsewhere = places(lab, 3)
    segments = [Segment(first, lab.bytes(500), vaddr=UPPER_HALF + first),
                Segment(second, lab.bytes(500), vaddr=elsewhere), Segment(elsewhere, memsz=500)]
    yield from expect_shown(lab, segments, shift=UPPER_HALF)


def edges(lab):
    place, = places(lab, 1)
    length = lab.random.randrange(16, 1000)
    yield from expect_shown(lab, [Segment(RAM_END - (1 << 20) - length, lab.bytes(length)),
                                  Segment(RAM_END - (1 << 20), lab.bytes(length)),
                                  Segment(place + 8192, lab.bytes(length)), Segment(place + 4096, lab.bytes(4096)),
                                  Segment(place, memsz=4096, filesz=0, offset=1 << 40),
                                  Segment(place + 12288, memsz=0)])


def outside(lab):
    length = lab.random.randrange(16, 4000)
    data = lab.bytes(length)
    places_outside = (RAM_BASE - length, RAM_BASE - length + 1, RAM_END - length + 1, RAM_END, 0, 1 << 40)
    yield from expect_refused(lab, *((elf(lab, [Segment(place, data)]), f"{length} bytes at {place:#x}")
                                     for place in places_outside))


def wraps(lab):
    place, = places(lab, 1)
    yield from expect_refused(lab, *((elf(lab, [Segment(place, lab.bytes(64), memsz=size)]),
                                      f"{size:#x} bytes at {place:#x}")
                                     for size in ((1 << 64) - place, (1 << 64) - place + 4096, (1 << 64) - 1)))


def overlaps(lab):
    place, = places(lab, 1)
    a, b = lab.random.randrange(64, 1000), lab.random.randrange(64, 1000)
    yield from expect_refused(lab, *(
        (elf(lab, [Segment(place, lab.bytes(a)), Segment(other, lab.bytes(size))]), f"segments that overlap {what}")
        for other, size, what in ((place + a - 1, b, "by their last and first byte"),
                                  (place - b + 1, b, "by a byte, the lower one second"),
                                  (place + 16, 16, "the second inside the first"),
                                  (place - 16, a + 32, "the first inside the second"),
                                  (place, a, "in the same place"),
                                  (0x8020_0000 - 16, 32, "with the guest's own code"))))


def short_file(lab):
    place, = places(lab, 1)
    whole = len(elf(lab, []))
    yield from expect_refused(lab, *(
        (elf(lab, [Segment(place, offset=offset, filesz=size, memsz=size)]),
         f"{size} bytes at {offset:#x} of the file")
        for offset, size in ((whole - 32, 1000), (whole + 4096, 16), ((1 << 64) - 16, 32), (0, 1 << 20))))


def sizes(lab):
    place, = places(lab, 1)
    image = elf(lab, [Segment(place, lab.bytes(200), memsz=199)])
    yield from expect_refused(lab, (image, "200 bytes for 199 of memory"))


def entry(lab):
    place, = places(lab, 1)
    data = [Segment(place, lab.bytes(64))]
    yield from expect_refused(lab, *((elf(lab, data, entry=address), f"an entry point at {address:#x}")
                                     for address in (place, place + 4096, RAM_BASE, 0)))

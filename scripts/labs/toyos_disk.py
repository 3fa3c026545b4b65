"""A disk with toyos's file system, as toyos/kernel/fs/format.h has it: its log, and the files of its root directory.

The graders read here what a kernel has written, and write what it must read. Nothing of toyos's code is in between.
"""

import os
import struct
import subprocess
import tempfile
from operator import mul

BLOCK, SECTOR = 4096, 512
MAGIC = 0x4c4e524a6f796f74        # FS_JOURNAL_MAGIC
DESCRIPTOR, COMMIT = 1, 2
JOURNAL, ORPHANS = 1, 2           # blocks
RECORD = struct.Struct("<QQIIQ")  # fs_log_record: magic, sequence, kind, count, checksum
HEADER = struct.Struct("<QQII")   # fs_journal without its checksum
ROOT, FILE = 1, 2                 # the root's inode; an inode's type
DIRECT = 26
MODULUS = 0xffff_ffff


class Unsound(Exception):
    """The disk makes no sense; the text says where."""


def checksum(data, sums=1 << 32 | 1):
    """fs_checksum()."""
    words = struct.unpack(f"<{len(data) // 4}I", data)
    a, b = sums & MODULUS, sums >> 32
    b += len(words) * a + sum(map(mul, words, range(len(words), 0, -1)))
    a += sum(words)
    return ((b - 1) % MODULUS + 1) << 32 | (a - 1) % MODULUS + 1


class Disk:
    """A disk's bytes. They may change: `data` is a bytearray."""

    def __init__(self, data):
        self.data = bytearray(data)
        (self.blocks, self.inodes, self.inode_bitmap, self.block_bitmap, self.inode_table, self.files,
         self.log) = struct.unpack_from("<7I", self.data, 16)
        self.log_blocks = self.blocks - self.log

    @staticmethod
    def make(mkfs, size, files):
        """A new one of `size` bytes, with files {name: bytes}; `mkfs` is toyos's tool for that."""
        with tempfile.TemporaryDirectory(prefix="duet-grade-") as folder:
            words = []
            for name, content in files.items():
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(content)
                words.append(f"{name}={path}")
            image = os.path.join(folder, "disk.img")
            subprocess.run([mkfs, "make", image, str(size), *words], check=True, stdout=subprocess.DEVNULL)
            with open(image, "rb") as file:
                return Disk(file.read())

    def copy(self):
        return Disk(self.data)

    def block(self, number):
        return bytes(self.data[number * BLOCK:(number + 1) * BLOCK])

    def write(self, number, data):
        self.data[number * BLOCK:(number + 1) * BLOCK] = data

    # The log.

    def log_place(self, at):
        """The block of the disk that is place `at` of the log, a ring."""
        return self.log + at % self.log_blocks

    def header(self):
        """Sequence and place of the log's first transaction."""
        magic, sequence, start, _ = HEADER.unpack_from(self.data, JOURNAL * BLOCK)
        said, = struct.unpack_from("<Q", self.data, JOURNAL * BLOCK + HEADER.size)
        if magic != MAGIC or said != checksum(self.data[JOURNAL * BLOCK:JOURNAL * BLOCK + HEADER.size]):
            raise Unsound("block 1 is no header of a log")
        if start >= self.log_blocks or sequence == 0:
            raise Unsound(f"block 1 says that the log begins at {start} with transaction {sequence}")
        return sequence, start

    def header_write(self, sequence, start):
        data = HEADER.pack(MAGIC, sequence, start, 0)
        self.write(JOURNAL, (data + struct.pack("<Q", checksum(data))).ljust(BLOCK, b"\0"))

    def transaction_read(self, sequence, at):
        """The changes {block: bytes} of a whole transaction at this place of the log; None if there is none."""
        descriptor = self.block(self.log_place(at))
        magic, number, kind, count, _ = RECORD.unpack_from(descriptor)
        if (magic, number, kind) != (MAGIC, sequence, DESCRIPTOR) or not 0 < count <= self.log_blocks - 2:
            return None
        sums = checksum(descriptor)
        contents = []
        for n in range(count):
            contents.append(self.block(self.log_place(at + 1 + n)))
            sums = checksum(contents[-1], sums)
        record = RECORD.unpack_from(self.block(self.log_place(at + 1 + count)))
        if record != (MAGIC, sequence, COMMIT, count, sums):
            return None
        return dict(zip(struct.unpack_from(f"<{count}I", descriptor, RECORD.size), contents))

    def transaction_write(self, sequence, at, changes):
        """Puts a transaction there; gives the place behind it."""
        descriptor = RECORD.pack(MAGIC, sequence, DESCRIPTOR, len(changes), 0)
        descriptor = (descriptor + struct.pack(f"<{len(changes)}I", *changes)).ljust(BLOCK, b"\0")
        sums = checksum(descriptor)
        for n, data in enumerate(changes.values()):
            self.write(self.log_place(at + 1 + n), data)
            sums = checksum(data, sums)
        self.write(self.log_place(at), descriptor)
        commit = RECORD.pack(MAGIC, sequence, COMMIT, len(changes), sums) + descriptor[RECORD.size:]
        self.write(self.log_place(at + 1 + len(changes)), commit)
        return (at + len(changes) + 2) % self.log_blocks

    def transactions(self):
        """The changes of each transaction in the log, and (sequence, place) of the next one."""
        sequence, at = self.header()
        found = []
        while (changes := self.transaction_read(sequence, at)) is not None:
            found.append(changes)
            sequence, at = sequence + 1, (at + len(changes) + 2) % self.log_blocks
        return found, (sequence, at)

    def replay(self):
        """Has all that was committed be where it belongs, as after a power cut."""
        for changes in self.transactions()[0]:
            for number, data in changes.items():
                if not ORPHANS <= number < self.log:
                    raise Unsound(f"the log wants block {number} written")
                self.write(number, data)

    # The files.

    def _inode(self, number):
        at = self.inode_table * BLOCK + number * 128
        kind, links, _, _, size = struct.unpack_from("<4HQ", self.data, at)
        return kind, links, size, struct.unpack_from(f"<{DIRECT + 2}I", self.data, at + 16)

    def _blocks(self, number, taken):
        """The blocks of an inode's contents, a hole being 0; all that it has is added to `taken`."""
        *numbers, indirect, double = self._inode(number)[3]
        if double:
            raise Unsound(f"inode {number} is larger than any that was made")
        if indirect:
            numbers += struct.unpack_from("<1024I", self.data, indirect * BLOCK) if indirect < self.log else ()
        for block in [*numbers, indirect]:
            if block and not self.files <= block < self.log:
                raise Unsound(f"inode {number} has block {block}")
            if block and block in taken:
                raise Unsound(f"block {block} is taken twice")
            if block:
                taken.add(block)
        return numbers

    def _content(self, number, size, taken):
        blocks = self._blocks(number, taken)
        return b"".join(self.block(block) if block else bytes(BLOCK) for block in blocks[:-(-size // BLOCK)])[:size]

    def tree(self):
        """The files {name: bytes}. Raises Unsound, also if the bitmaps say something else than the inodes."""
        taken, inodes, found = set(), {0, ROOT}, {}
        for number in struct.unpack_from(f"<{BLOCK // 2}H", self.data, ORPHANS * BLOCK):
            if number:
                inodes.add(number)
                self._blocks(number, taken)
        root = self._content(ROOT, self._inode(ROOT)[2], taken)
        for at in range(48, len(root), 16):
            if at % BLOCK < 48:
                continue
            number, name = struct.unpack_from("<H14s", root, at)
            name = name.rstrip(b"\0").decode(errors="replace")
            if not number or name in (".", ".."):
                continue
            kind, links, size, _ = self._inode(number)
            if (kind, links) != (FILE, 1) or number in inodes:
                raise Unsound(f"{name} is inode {number}, which has type {kind} and {links} links")
            inodes.add(number)
            found[name] = self._content(number, size, taken)
        self._compare(self.inode_bitmap, range(self.inodes), inodes, "inode")
        self._compare(self.block_bitmap, range(self.files, self.log), taken, "block")
        return found

    def _compare(self, bitmap, numbers, taken, what):
        for number in numbers:
            if (self.data[bitmap * BLOCK + number // 8] >> number % 8 & 1) != (number in taken):
                is_taken = "taken" if number in taken else "free"
                raise Unsound(f"{what} {number} is {is_taken}, the bitmap says the opposite")

    def packed(self, request_us=0):
        """What tests/labs/duets/recorder.c makes a disk of, on which each request takes so long."""
        blocks = ((number, self.block(number)) for number in range(self.blocks))
        return struct.pack("<QQ", len(self.data), request_us) + b"".join(
            struct.pack("<I", number) + data for number, data in blocks if data.strip(b"\0"))


class Write:
    """A write to the disk: `offset` and `data`; when it was asked for, and when it was done, as numbers of lines."""

    def __init__(self, offset, data, begin):
        self.offset, self.data, self.begin, self.end = offset, data, begin, None
        self.block = offset // BLOCK

    def apply(self, disk, keeps=lambda sector: True):
        for at in range(0, len(self.data), SECTOR):
            if keeps(at // SECTOR):
                disk.data[self.offset + at:self.offset + at + SECTOR] = self.data[at:at + SECTOR]


class Record:
    """What a run's disk was told: `writes`, `flushes` (begin, end), and `marks`, at which a program made a null call.
    All are numbers of lines; `end` is behind the last."""

    def __init__(self, err):
        self.writes, self.flushes, self.marks = [], [], []
        going, self.end = {}, 0
        for self.end, line in enumerate(err.decode(errors="replace").splitlines(), 1):
            words = line.split(" ")
            if words[0] == "mark":
                self.marks.append(self.end)
            elif words[0] == "begin" and words[2] == "write":
                data = bytes.fromhex(words[5]).ljust(int(words[4]), b"\0")
                going[words[1]] = Write(int(words[3]), data, self.end)
                self.writes.append(going[words[1]])
            elif words[0] == "begin":
                going[words[1]] = [self.end, None] if words[2] == "flush" else None
            elif words[0] == "end" and words[1] in going:
                self._end(going.pop(words[1]))

    def _end(self, request):
        if isinstance(request, Write):
            request.end = self.end
        elif request:
            request[1] = self.end
            self.flushes.append(request)

    def flushed(self, cut):
        """Before which line a write must have been done to be on the disk for good when the power goes at `cut`."""
        return max((begin for begin, end in self.flushes if end < cut), default=0)

    def disk_at(self, disk, cut, keeps=None):
        """The disk, which was `disk` at first, after a power cut before line `cut`. Of what was not flushed,
        keeps(write) says which sectors have arrived, as a function; without, nothing has."""
        after, flushed = disk.copy(), self.flushed(cut)
        for write in self.writes:
            if write.end is not None and write.end < flushed:
                write.apply(after)
            elif keeps and write.begin < cut:
                write.apply(after, keeps(write))
        return after

"""Tests of what the graders know of toyos's disks: against the tool that makes them, and against power cuts."""

import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from lib import BUILD  # noqa: E402
from labs.toyos_disk import BLOCK, JOURNAL, SECTOR, Disk, Record, Unsound  # noqa: E402

FILES = {"small": b"a few words", "large": bytes(range(256)) * 500}


def block_hex(byte):
    return bytes([byte]).hex() * BLOCK


class ToyosDisk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = Disk.make(os.path.join(BUILD, "toyos/mkfs/mkfs"), 1 << 20, FILES)

    def setUp(self):
        self.disk = self.made.copy()

    def test_reads_files(self):
        self.assertEqual(self.disk.tree(), FILES)
        self.assertEqual(self.disk.transactions()[0], [])

    def test_header_is_mkfs_own(self):
        before = self.disk.block(JOURNAL)
        self.disk.header_write(*self.disk.header())
        self.assertEqual(self.disk.block(JOURNAL), before)

    def test_replays(self):
        sequence, _ = self.disk.header()
        at = self.disk.log_blocks - 2  # around the log's end
        self.disk.header_write(sequence, at)
        place = self.disk.data.index(FILES["small"]) // BLOCK
        after = self.disk.transaction_write(sequence, at, {place: b"other words".ljust(BLOCK, b"\0")})
        self.assertEqual(self.disk.transactions()[1], (sequence + 1, after))
        self.assertEqual(self.disk.tree(), FILES)
        self.disk.replay()
        self.assertEqual(self.disk.tree(), {**FILES, "small": b"other words"})

    def test_torn_transaction_is_none(self):
        sequence, at = self.disk.header()
        for number in range(3):
            self.disk.transaction_write(sequence, at, {self.disk.files: bytes(BLOCK)})
            self.assertEqual(len(self.disk.transactions()[0]), 1)
            self.disk.data[self.disk.log_place(at + number) * BLOCK + 20] ^= 1
            self.assertEqual(self.disk.transactions()[0], [], f"block {number} of the transaction")

    def test_bitmaps_must_fit(self):
        for bitmap in (self.disk.inode_bitmap, self.disk.block_bitmap):
            broken = self.disk.copy()
            broken.data[bitmap * BLOCK + 12] ^= 1
            self.assertRaises(Unsound, broken.tree)

    def test_hostile_log(self):
        sequence, at = self.disk.header()
        self.disk.transaction_write(sequence, at, {0: bytes(BLOCK)})
        self.assertRaises(Unsound, self.disk.replay)

    def test_power_cut(self):
        first, second = 40, 41
        record = Record(f"begin 0 write {first * BLOCK} {BLOCK} {block_hex(1)}\nend 0\nmark 0 1 2 0\n"
                        f"begin 1 flush 0 0 \nbegin 2 write {second * BLOCK} {BLOCK} {block_hex(2)}\nend 2\nend 1\n"
                        "mark 0 1 2 0\n".encode())
        self.assertEqual(record.marks, [3, 8])

        def seen(cut, keeps=None):
            after = record.disk_at(self.disk, cut, keeps)
            return after.block(first)[0], after.block(second)[0], after.block(second)[SECTOR]
        was = self.disk.block(first)[0], self.disk.block(second)[0], self.disk.block(second)[SECTOR]
        self.assertEqual(seen(7), was)                                # the flush has not ended
        self.assertEqual(seen(8), (1, *was[1:]))                      # and was asked for before the second write ended
        self.assertEqual(seen(8, lambda write: lambda sector: sector == 0), (1, 2, was[2]))


if __name__ == "__main__":
    unittest.main()

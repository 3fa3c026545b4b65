"""Archives that students, or others, hand in: what is taken from them, and what is refused."""

import io
import os
import sys
import tarfile
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.handin import BYTES_MAX, Handin, HandinError, handin_write  # noqa: E402
from labs.spec import lab_find  # noqa: E402

HEADER, SOURCE = "abi/hypercalls.h", "vmm/call/hc_scramble.c"


class HandinTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "handin.tar.gz")
        self.lab = lab_find("01")

    def archive(self, *members):
        """Writes an archive of pairs (TarInfo or name, bytes)."""
        with tarfile.open(self.path, "w:gz") as tar:
            for member, data in members:
                info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))

    def read(self):
        return Handin.read(self.path, self.lab).contents

    def refused(self, *members, because):
        self.archive(*members)
        with self.assertRaisesRegex(HandinError, because):
            self.read()

    def test_takes_the_labs_files_alone(self):
        self.archive((HEADER, b"header"), (f"./{SOURCE}", b"source"), ("answers.txt", b"42"), ("time.txt", b"3"))
        self.assertEqual(self.read(), {HEADER: b"header", SOURCE: b"source"})

    def test_takes_what_is_handed_in(self):
        os.makedirs(os.path.join(self.folder, "abi"))
        with open(os.path.join(self.folder, HEADER), "wb") as file:
            file.write(b"header")
        names, missing = handin_write(self.lab, self.path, self.folder)
        self.assertEqual((names, missing), ([HEADER], [SOURCE, "answers.txt", "time.txt"]))
        self.assertEqual(self.read(), {HEADER: b"header"})

    def test_takes_a_checkouts_plain_files(self):
        source = os.path.join(self.folder, SOURCE)
        os.makedirs(os.path.dirname(source))
        with open(source, "wb") as file:
            file.write(b"source")
        with open(os.path.join(self.folder, "Makefile"), "wb") as file:
            file.write(b"all: ;")
        self.assertEqual(Handin.of_folder(self.lab, self.folder).contents, {SOURCE: b"source"})

    def test_refuses_a_checkout_with_links(self):
        os.symlink("/etc", os.path.join(self.folder, "abi"))
        os.makedirs(os.path.join(self.folder, os.path.dirname(SOURCE)))
        os.symlink("/etc/passwd", os.path.join(self.folder, SOURCE))
        with self.assertRaisesRegex(HandinError, f"^{SOURCE}: is no plain file, or is below a link$"):
            Handin.of_folder(self.lab, self.folder)
        os.unlink(os.path.join(self.folder, SOURCE))
        with self.assertRaisesRegex(HandinError, "holds none of the lab's files"):
            Handin.of_folder(self.lab, self.folder)

    def test_refuses_files_of_the_grader(self):
        for name in ("Makefile", "tests/labs/01-first-hypercall/checks.py", "scripts/grade", "vmm/rules.mk",
                     "vmm/call/other.c", ".lab", "answers.txt/x"):
            self.refused((HEADER, b"header"), (name, b"all: ;"), because="is no file of lab 01")

    def test_refuses_paths_that_lead_out(self):
        for name in ("../abi/hypercalls.h", "/etc/passwd", f"/{HEADER}", "abi/../../x", "vmm/call/../../../x"):
            self.refused((name, b"x"), because="is no file of lab 01")

    def test_refuses_all_but_plain_files(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
                     tarfile.DIRTYPE):
            member = tarfile.TarInfo(HEADER)
            member.type, member.linkname = kind, "/etc/passwd"
            self.refused((member, b""), because="is no plain file")

    def test_refuses_a_link_that_a_file_goes_through(self):
        member = tarfile.TarInfo("abi")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        self.refused((member, b""), (HEADER, b"x"), because="is no plain file")

    def test_refuses_what_unpacks_to_much(self):
        self.refused((HEADER, bytes(BYTES_MAX)), (SOURCE, b"x"), because="holds more than 5 MiB")
        self.assertLess(os.path.getsize(self.path), BYTES_MAX)
        self.refused(("answers.txt", bytes(BYTES_MAX + 1)), because="holds more than 5 MiB")
        member = tarfile.TarInfo(HEADER)
        member.pax_headers = {"comment": "x" * BYTES_MAX}
        self.refused((member, b""), because="holds more than 5 MiB")

    def test_refuses_a_file_that_is_there_twice(self):
        self.refused((HEADER, b"shown"), (f"./{HEADER}", b"graded"), because="is there twice")

    def test_refuses_what_holds_nothing_to_grade(self):
        self.refused(("answers.txt", b"42"), because="holds none of the lab's files: abi/hypercalls.h, ")
        os.unlink(self.path)
        with self.assertRaisesRegex(HandinError, f"^{self.folder}: holds none of the lab's files: "):
            handin_write(self.lab, self.path, self.folder)
        self.assertFalse(os.path.exists(self.path))

    def test_refuses_a_large_archive(self):
        self.refused((HEADER, os.urandom(BYTES_MAX + 1)), because="is larger than 5 MiB")

    def test_refuses_what_is_no_archive(self):
        for data in (b"", b"no archive", bytes(4096)):
            with open(self.path, "wb") as file:
                file.write(data)
            with self.assertRaisesRegex(HandinError, "is no archive"):
                self.read()
        self.archive((HEADER, os.urandom(100_000)))
        os.truncate(self.path, 50_000)
        with self.assertRaisesRegex(HandinError, "is no archive"):
            self.read()

    def test_replaces_a_link_in_the_tree(self):
        """Where the tree has a link under a lab's name, what it leads to stays as it is."""
        self.archive((HEADER, b"theirs"))
        outside = os.path.join(self.folder, "outside")
        with open(outside, "wb") as file:
            file.write(b"ours")
        tree = os.path.join(self.folder, "tree")
        os.makedirs(os.path.join(tree, "abi"))
        os.symlink(outside, os.path.join(tree, HEADER))
        Handin.read(self.path, self.lab).apply(tree)
        with open(outside, "rb") as file:
            self.assertEqual(file.read(), b"ours")
        with open(os.path.join(tree, HEADER), "rb") as file:
            self.assertEqual(file.read(), b"theirs")

    def test_takes_away_what_was_not_handed_in(self):
        self.archive((HEADER, b"theirs"))
        os.makedirs(os.path.join(self.folder, "vmm/call"))
        with open(os.path.join(self.folder, SOURCE), "wb") as file:
            file.write(b"the solution")
        Handin.read(self.path, self.lab).apply(self.folder)
        self.assertFalse(os.path.exists(os.path.join(self.folder, SOURCE)))


if __name__ == "__main__":
    unittest.main()

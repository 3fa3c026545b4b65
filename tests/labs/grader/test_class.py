"""A class is graded: over two machines, one of them a fake; interrupted, and gone on with."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(__file__, *[os.pardir] * 4))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.similar import SOLUTION, contents_of  # noqa: E402
from labs.spec import lab_find  # noqa: E402

# What GNU parallel takes for ssh: it writes down the machine, and runs the command here, with the SHELL that a login has.
FAKE_SSH = """#!/bin/sh
echo "$*" >>'{log}'
while [ "$1" != -- ]; do shift; done
shift
SHELL=/bin/sh exec sh -c "$*"
"""


class ClassTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="duet-class-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.lab = lab_find("03")
        wrong = {variant.name: variant for variant in self.lab.wrong()}
        self.lost = sorted(wrong)[0]
        self.loses = wrong[self.lost].loses
        self.hand_in("anna o'hara.tar.gz", None)
        self.hand_in("ben/handin-03.tar.gz", wrong[self.lost])
        self.hand_in("carl.tar.gz", self.lab.variant("starter"))
        with open(os.path.join(self.folder, "dora.tar.gz"), "w") as file:
            file.write("no archive")
        self.pack("eva.tar.gz", {self.lab.files[0]: b"int nothing = ;\n"})
        self.pack("finn.tar.gz", {"answers.txt": b"42"})

    def hand_in(self, name, variant):
        self.pack(name, contents_of(self.lab, variant))

    def pack(self, name, contents):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tarfile.open(path, "w:gz") as tar:
            for member, data in contents.items():
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))

    def grade_class(self, *options):
        said = subprocess.run(["scripts/grade-class", self.folder, "--lab", "03", *options], cwd=ROOT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        sys.stderr.write(said.stderr)
        return said

    def result(self, name):
        return os.path.join(self.folder, "results/03", f"{name}.json")

    def test_all_have_a_result_and_what_is_there_stays(self):
        log = os.path.join(self.folder, "results/ssh.log")
        os.makedirs(os.path.dirname(log))
        ssh = os.path.join(self.folder, "results/ssh")
        with open(ssh, "w") as file:
            file.write(FAKE_SSH.format(log=log))
        os.chmod(ssh, 0o755)
        said = self.grade_class("--each", "1", "--jobs", "1", "--sshlogin", ":,grader@other", "--ssh", ssh)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertRegex(said.stdout, "^lab 03, The ELF loader: 6 of 6 hand-ins to grade, seed ")
        with open(log) as file:
            self.assertIn("other", file.read())
        with open(os.path.join(self.folder, "results/03/scores.csv"), newline="") as file:
            rows = {row[0]: row[1:] for row in csv.reader(file)}
        points = str(self.lab.points())
        left = self.lab.points() - sum(self.lab.checks[name]["points"] for name in self.loses)
        self.assertEqual(rows["anna o'hara"], [points, points, ""])
        lost = [name for name in self.lab.checks if name in self.loses]
        self.assertEqual(rows["ben"], [str(left), points, f"lost {' '.join(lost)}"])
        self.assertEqual(rows["carl"][0], "0")
        self.assertEqual(rows["dora"][0], "")
        self.assertRegex(rows["dora"][2], "refused: is no archive of `make handin`")
        self.assertEqual(rows["eva"], ["0", points, "lost all: it does not build"])
        self.assertEqual(rows["finn"], ["", points, f"refused: holds none of the lab's files: {self.lab.files[0]}"])

        # One result is lost, one was cut off, and one hand-in is new: a share of the class, without parallel.
        before = os.stat(self.result("carl")).st_mtime_ns
        os.unlink(self.result("anna o'hara"))
        with open(self.result("dora"), "w") as file:
            file.write("{")
        shutil.copy(os.path.join(self.folder, "carl.tar.gz"), os.path.join(self.folder, "ben/handin-03.tar.gz"))
        said = self.grade_class("--slice", "0/2")
        self.assertRegex(said.stdout, "^lab 03, The ELF loader: 1 of 3 hand-ins to grade, seed ")
        self.assertEqual(said.returncode, 0, said.stderr)
        said = self.grade_class()
        self.assertRegex(said.stdout, "^lab 03, The ELF loader: 2 of 6 hand-ins to grade, seed ")
        with open(self.result("ben")) as file:
            self.assertEqual(json.load(file)["result"]["score"], 0)
        self.assertEqual(os.stat(self.result("carl")).st_mtime_ns, before)

    def test_another_states_results_do_not_count(self):
        """A machine whose clone differs: here its worker says so."""
        worker = os.path.join(self.folder, "results/ssh")
        os.makedirs(os.path.dirname(worker))
        with open(worker, "w") as file:
            file.write("#!/bin/sh\ncat >/dev/null\necho '{\"name\": \"carl\", \"key\": \"0\", \"result\": {}}'\n")
        os.chmod(worker, 0o755)
        said = self.grade_class("--sshlogin", "grader@other", "--ssh", worker, "--jobs", "1")
        self.assertEqual(said.returncode, 3)
        self.assertRegex(said.stderr, r"another state than this one: its results do not count \(carl\)\n")
        self.assertRegex(said.stderr, "6 hand-ins have no result: the same command goes on with them\n$")
        self.assertFalse(os.path.exists(self.result("carl")))

    def test_finds_what_is_alike(self):
        """Names and layout do not hide it; what all began with does not count."""
        with open(os.path.join(ROOT, self.lab.files[0])) as file:
            text = file.read().replace("segment", "piece").replace("    ", "\t")
        self.pack("emil.tar.gz", {self.lab.files[0]: text.encode()})
        said = self.grade_class("--similar")
        self.assertEqual(said.returncode, 0, said.stderr)
        pairs = said.stdout.splitlines()
        self.assertTrue(any("anna" in pair and SOLUTION in pair and pair.startswith("100 %") for pair in pairs), pairs)
        self.assertTrue(any("emil" in pair for pair in pairs), pairs)
        self.assertFalse(any("carl" in pair for pair in pairs), pairs)


if __name__ == "__main__":
    unittest.main()

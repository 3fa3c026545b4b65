"""make lab, make grade and make handin as a student and a teacher call them, in a clone of their own."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(__file__, *[os.pardir] * 4))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.tree import HOST, built_copy, tree_copy  # noqa: E402

LAB, LOADER = "tests/labs/03-elf-loader", "vmm/boot/elf_image.c"


class CommandsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A clone in which all is committed, and built as here."""
        cls.folder = tempfile.mkdtemp(prefix="duet-commands-")
        cls.clone, cls.lab = os.path.join(cls.folder, "duet"), os.path.join(cls.folder, "duet-lab-03")
        cls.git("clone", "--quiet", "--no-checkout", ROOT, cls.clone, at=cls.folder)
        tree_copy(cls.clone)
        built_copy(cls.clone, (*HOST, "labs/guests"))
        cls.git("add", "--all")
        cls.git("commit", "--quiet", "--allow-empty", "--message", "as it is here")
        said = cls.make("lab", "LAB=03", at=cls.clone)
        if said.returncode:
            raise RuntimeError(f"make lab: {said.stderr}")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def git(cls, *words, at=None):
        who = {f"GIT_{who}_{what}": "student" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return subprocess.run(["git", *words], cwd=at or cls.clone, env={**os.environ, **who}, check=True,
                              capture_output=True, text=True).stdout

    @classmethod
    def make(cls, *words, at):
        """As one who has not told git a name."""
        kept = {name: value for name, value in os.environ.items()
                if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DUET_BUILD", "CI")}
        kept.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="user.useConfigOnly",
                    GIT_CONFIG_VALUE_0="true")
        return subprocess.run(["make", "--no-print-directory", "SETUP=skip", *words], cwd=at, env=kept,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def refused(self, said, because):
        """One line of its own, beside make's and the compiler's."""
        self.assertEqual(said.returncode, 2, said.stderr)
        lines = [line for line in said.stderr.splitlines() if line.startswith(("lab: ", "grade: "))]
        self.assertEqual(len(lines), 1, said.stderr)
        self.assertRegex(lines[0], because)
        self.assertNotIn("Traceback", said.stderr)

    def write(self, name, text):
        with open(os.path.join(self.lab, name), "w") as file:
            file.write(text)
        self.addCleanup(self.git, "checkout", "--quiet", ".", at=self.lab)

    def read(self, name, at):
        with open(os.path.join(at, name)) as file:
            return file.read()

    def test_lab_has_the_starter_on_a_branch(self):
        self.assertEqual(self.git("branch", "--show-current", at=self.lab), "lab-03\n")
        self.assertEqual(self.git("status", "--porcelain", at=self.lab), "")
        self.assertNotEqual(self.read(LOADER, self.lab), self.read(LOADER, self.clone))

    def test_lab_is_not_started_twice(self):
        self.refused(self.make("lab", "LAB=03", at=self.clone), "duet-lab-03: is there already; to begin anew, remove it")
        self.refused(self.make("lab", "LAB=01", at=self.lab), "this folder is a lab already")

    def test_lab_wants_to_be_named(self):
        self.refused(self.make("lab", at=self.clone), r"which lab\? LAB=NN")
        self.refused(self.make("lab", "LAB=77", at=self.clone), "LAB=77: there is no such lab; there are 01-first")

    def test_lab_refuses_on_work_that_is_not_committed(self):
        with open(os.path.join(self.clone, "README.md"), "a") as file:
            file.write("mine\n")
        self.addCleanup(self.git, "checkout", "--quiet", "README.md")
        self.refused(self.make("lab", "LAB=01", at=self.clone), "there is work that is not committed here: `git commit")
        self.assertFalse(os.path.exists(f"{self.clone}-lab-01"))

    def test_handin_holds_the_files_and_the_texts(self):
        self.addCleanup(self.git, "clean", "-fdq", at=self.lab)
        said = self.make("handin", at=self.lab)
        self.assertEqual(said.stdout, f"handin-03.tar.gz holds {LOADER}\n")
        self.assertRegex(said.stderr, "without answers.txt, which is not there\n.*without time.txt, which is not there\n")
        for name in ("answers.txt", "time.txt", "other.txt"):
            self.write(f"{LAB}/{name}", "42\n")
        self.assertEqual(self.make("handin", at=self.lab).stderr, "")
        with tarfile.open(os.path.join(self.lab, "handin-03.tar.gz")) as tar:
            self.assertEqual(tar.getnames(), [LOADER, "answers.txt", "time.txt"])

    def test_grade_refuses_a_bad_archive(self):
        with open(os.path.join(self.folder, "bad.tar.gz"), "w") as file:
            file.write("no archive\n")
        self.refused(self.make("grade", "LAB=03", f"HANDIN={file.name}", at=self.clone),
                     "bad.tar.gz: is no archive of `make handin`: Not a gzipped file")
        self.refused(self.make("grade", "TEST=nothing", at=self.lab), "TEST=nothing: lab 03 has no such check; it has loads")

    def test_grade_says_what_is_lost_and_how_to_repeat_it(self):
        said = self.make("grade", "TEST=loads", "SEED=5", at=self.lab)
        self.assertEqual(said.returncode, 2)
        self.assertRegex(said.stdout, r"^lab 03, The ELF loader: 18 points, seed 5\nLOST 0/3  loads: .*\n"
                                      r"      failed: (.*\n)+      expected: (.*\n)+      seen: (.*\n)+"
                                      r"      again:    make grade LAB=03 TEST=loads SEED=5\n0 of 3 points\n$", said.stderr)

    def test_grade_gives_all_points_for_the_labs_files_alone(self):
        shutil.copy(os.path.join(self.clone, LOADER), os.path.join(self.lab, LOADER))
        with open(os.path.join(self.lab, LOADER), "a") as file:
            file.write("\nstatic void\nnobody(void)\n{\n}\n")  # a warning
        self.write("Makefile", self.read("Makefile", self.clone) + "# mine\n")
        said = self.make("grade", "TEST=loads", at=self.lab)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertTrue(said.stdout.endswith("\n3 of 3 points\n"), said.stdout)
        self.assertRegex(said.stderr, re.compile("^grade: not among the lab's files, so not graded: Makefile$", re.M))


if __name__ == "__main__":
    unittest.main()

"""What scripts/grade does when the grader itself cannot work: no score, exit status 3."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.abspath(os.path.join(__file__, *[os.pardir] * 4))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.watch import qemu_below  # noqa: E402

INFRASTRUCTURE = 3


class GradeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.result = os.path.join(self.folder, "result.json")

    def start(self, **environment):
        return subprocess.Popen([sys.executable, "scripts/grade", "--lab", "03", f"--format=json={self.result}"],
                                cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def no_score(self, grade, because):
        out, err = grade.communicate()
        self.assertEqual(grade.returncode, INFRASTRUCTURE, err)
        self.assertNotRegex(out, r"of \d+ points\n|LOST")
        self.assertFalse(os.path.exists(self.result))
        self.assertRegex(err.splitlines()[-1], f"infrastructure error, no score: .*{because}")
        return err

    def test_a_qemu_that_dies_is_no_candidates_fault(self):
        grade = self.start(COLD="1")  # one that dies while it goes on from what was saved is booted again
        while not (qemu := qemu_below(grade.pid)):
            if grade.poll() is not None:
                self.fail(f"it ended without a host Linux: {grade.communicate()}")
            time.sleep(0.05)
        os.kill(qemu, signal.SIGKILL)
        self.no_score(grade, "the host Linux ended")

    def test_refuses_to_build_without_bubblewrap(self):
        err = self.no_score(self.start(PATH=self.folder), "apt-get install bubblewrap")
        self.assertEqual(err.count("\n"), 1)

    def test_refuses_to_build_without_namespaces(self):
        with open(os.path.join(self.folder, "bwrap"), "w") as file:
            file.write("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
        os.chmod(file.name, 0o755)
        err = self.no_score(self.start(PATH=f"{self.folder}:{os.environ['PATH']}"),
                            "setting up uid map.*sysctl kernel.unprivileged_userns_clone=1")
        self.assertEqual(err.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()

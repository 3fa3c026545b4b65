"""Builds in a container, which is the jail itself."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TRY = """
import os
import sys
sys.path.insert(0, sys.argv[1])
from labs.jail import NoJail, jail_check, jail_run
os.setuid(int(sys.argv[4]))
try:
    jail_check()
    print(*jail_run(sys.argv[2], ["sh", "-c", sys.argv[3]]))
except NoJail as error:
    print("refused:", error)
"""


class JailTest(unittest.TestCase):
    def said(self, command, tree, user=os.geteuid(), jail="container"):
        return subprocess.run(["python3", "-c", TRY, os.path.join(ROOT, "scripts"), tree, command, str(user)],
                              env={**os.environ, "DUET_JAIL": jail, "SECRET": "secret"}, capture_output=True, text=True).stdout

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)
        self.tree = os.path.join(self.folder, "tree")
        os.mkdir(self.tree)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_root_builds_as_nobody_with_limits(self):
        said = self.said("id -u; ulimit -v; prlimit --nproc --output=SOFT --noheadings | tr -d ' '; echo made >mine; touch ../other; echo \"[$SECRET]\"", self.tree)
        self.assertRegex(said, r"^0 65534\n1048576\n256\ntouch: .*Permission denied\n\[\]\n")
        self.assertEqual(os.listdir(self.folder), ["tree"])
        self.assertEqual(os.listdir(self.tree), ["mine"])

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_says_where_nobody_cannot_read(self):
        os.chmod(self.folder, 0o700)
        self.assertRegex(self.said("true", self.tree), f"^refused: {self.tree}: nobody cannot read it, who builds hand-ins")

    @unittest.skipUnless(os.geteuid() == 0, "root becomes somebody who is not root")
    def test_is_for_root_alone(self):
        self.assertRegex(self.said("true", self.tree, 65534), "^refused: DUET_JAIL=container: only for root")

    def test_knows_no_other_word(self):
        self.assertRegex(self.said("true", self.tree, jail="none"), "^refused: DUET_JAIL=none: only container, or nothing")


if __name__ == "__main__":
    unittest.main()

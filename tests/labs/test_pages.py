"""The page of each lab says what its lab.json does."""

import os
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.spec import labs_find  # noqa: E402

PARTS = ("**Read first**", "\n## Task\n", "\n## Checks\n", "Hints", "**Questions**")


def time_of(lab):
    """The line of the page about it."""
    *needs, last = lab.needs or [""]
    after = f", after lab{'s' if needs else ''} {', '.join(needs)}{' and ' if needs else ''}{last}" if last else ""
    return f"\n**Time.** About {lab.hours:g} hours{after}.\n"


class PagesTest(unittest.TestCase):
    def test_says_what_the_lab_is(self):
        for lab in labs_find():
            with self.subTest(lab.number), open(lab.path("README.md")) as file:
                page = file.read()
                self.assertRegex(page, f"^# (Lab|Project) {lab.number}: ")
                self.assertEqual([part for part in (*PARTS, time_of(lab)) if part not in page], [])
                rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", page, re.M)
                self.assertEqual(rows, [(name, str(check["points"])) for name, check in lab.checks.items()])
                self.assertIn(f"`{lab.points()} of {lab.points()} points`", " ".join(page.split()))
                handed_in = re.search(r"^Files? to hand in([^:]*): (.*?)\n\n", page, re.M | re.S)
                folder, names = (re.findall(r"`([^`]+)`", part) for part in handed_in.groups())
                self.assertEqual(["".join([*folder, name]) for name in names], lab.files)


if __name__ == "__main__":
    unittest.main()

"""Edits of sources: what a variant's sections do to a tree, and what is said when they do not fit it."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.source import SourceError, Variant  # noqa: E402

TREE = """\
#include <stdint.h>

/* One. */
static int
one(int a)
{
    if (a)
        return 2;
    return a + 1;
}

int
two(void)
{
    return 2;
}
"""


class SourceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "a.c")
        with open(self.path, "w") as file:
            file.write(TREE)

    def apply(self, text):
        """The tree's file after the variant `text`."""
        path = os.path.join(self.folder, "variant.txt")
        with open(path, "w") as file:
            file.write(text)
        Variant(path).apply(self.folder)
        with open(self.path) as file:
            return file.read()

    def refused(self, text, because):
        with self.assertRaisesRegex(SourceError, because):
            self.apply(text)

    def test_replaces_a_function_with_its_comment(self):
        changed = self.apply("//@ replace a.c\n/* Uno. */\nstatic int\none(int a)\n{\n    return a;\n}\n")
        self.assertNotIn("One.", changed)
        self.assertIn("/* Uno. */\nstatic int\none(int a)\n{\n    return a;\n}\n\nint\ntwo(void)", changed)

    def test_names_a_function_that_is_gone_or_changed(self):
        self.refused("//@ replace a.c\nint\nthree(void)\n{\n}\n", r"a\.c: has no function three\(\)")
        self.refused("//@ replace a.c\nint\ntwo(int a)\n{\n}\n", r"a\.c: two\(\) has another signature")

    def test_substitutes_text(self):
        self.assertEqual(self.apply("//@ substitute a.c a + 1 => a +\\n        2\n"),
                         TREE.replace("a + 1", "a +\n        2"))

    def test_substitutes_lines(self):
        text = ("//@ why\n//@ substitute a.c\n    if (a)\n        return 2;\n    return a + 1;\n"
                "//@ by\n    return a;\n//@ loses x\n")
        self.assertEqual(self.apply(text), TREE.replace("    if (a)\n        return 2;\n    return a + 1;", "    return a;"))

    def test_deletes_lines(self):
        self.assertEqual(self.apply("//@ substitute a.c\n    if (a)\n        return 2;\n//@ by\n"),
                         TREE.replace("    if (a)\n        return 2;\n", ""))

    def test_lines_are_whole(self):
        self.refused("//@ substitute a.c\nif (a)\n//@ by\n", "has `if .a.` 0 times")

    def test_what_is_substituted_is_there_once(self):
        self.refused("//@ substitute a.c a + 2 => a\n", "has `a . 2` 0 times")
        self.refused("//@ substitute a.c return => go\n", "has `return` 3 times")
        with open(self.path) as file:
            self.assertEqual(file.read(), TREE)

    def test_goes_on_from_the_solution(self):
        os.mkdir(os.path.join(self.folder, "wrong"))
        with open(os.path.join(self.folder, "solution.c"), "w") as file:
            file.write("//@ create b.c\nint three = @THREE@;\n")
        path = os.path.join(self.folder, "wrong/variant.c")
        with open(path, "w") as file:
            file.write("//@ from solution\n//@ substitute b.c = @THREE@ => = 4\n")
        Variant(path, {"THREE": 3}).apply(self.folder)
        with open(os.path.join(self.folder, "b.c")) as file:
            self.assertEqual(file.read(), "int three = 4;\n")

    def test_by_follows_lines(self):
        self.refused("//@ by\n", "`//@ by`: a `//@ by` follows")
        self.refused("//@ substitute a.c a + 1 => a\n//@ by\n", "`//@ by`: a `//@ by` follows")
        self.refused("//@ substitute a.c\n    return 2;\n//@ loses x\n", "`//@ loses`: a `//@ by` follows")
        self.refused("//@ substitute a.c\n    return 2;\n", "`//@ substitute a.c` has no `//@ by`")


if __name__ == "__main__":
    unittest.main()

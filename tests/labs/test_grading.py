"""A check that was lost is made once more, before it counts."""

import os
import sys
import unittest
from unittest import mock

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.checks import FAILED, PASSED, TIMED_OUT, CheckFailed, Context, Result  # noqa: E402
from labs.grading import Grading, grade  # noqa: E402


def ends_well(lab):
    run = yield lab.duet("guest", stdin=lab.bytes(4))
    lab.expect(run.status, 0, "the exit status")
    lab.expect(int(run.lines()[0] if run.out else "1"), 1, "the number")


class GradingTest(unittest.TestCase):
    def grade(self, *results):
        """The verdict on a check whose runs come to these results, one after the other; what each was given."""
        lab = mock.Mock(checks={"ends_well": {"points": 2, "what": "it ends"}}, functions={"ends_well": ends_well})
        lab.name, lab.values = "99-lab", {}
        grading = Grading(lab, "name", None, "seed")
        grading.candidate = mock.Mock()
        left, given, shown = list(results), [], []

        def execute(runs):
            for trial, run in runs:
                given.append(run.stdin)
                yield trial, left.pop(0)

        grade([grading], mock.Mock(), execute, lambda *what: shown.append(what))
        self.assertEqual((left, shown), ([], [(grading, "ends_well")]))
        self.assertEqual(given, given[:1] * len(results))  # the seed is the same
        verdict = grading.verdicts["ends_well"]
        return verdict.outcome, verdict.flaky, grading.report().score()

    def test_passes_at_once(self):
        self.assertEqual(self.grade(Result(0, b"", b"")), (PASSED, False, 2))

    def test_is_flaky_if_it_passes_then(self):
        self.assertEqual(self.grade(Result(1, b"", b""), Result(0, b"", b"")), (PASSED, True, 2))
        self.assertEqual(self.grade(Result(None, b"", b"", TIMED_OUT, "why"), Result(0, b"", b"")), (PASSED, True, 2))

    def test_is_lost_if_it_fails_twice(self):
        self.assertEqual(self.grade(Result(1, b"", b""), Result(2, b"", b"")), (FAILED, False, 0))

    def test_is_lost_if_the_check_cannot_read_it(self):
        for out in b"one\n", b"\n":
            self.assertEqual(self.grade(Result(0, out, b""), Result(0, out, b"")), (FAILED, False, 0))

    def test_a_mistake_of_the_checks_own_is_none_of_the_candidates(self):
        def breaks(lab):
            yield from [lab.duet("guest", stdin=lab.nothing())]

        with mock.patch.dict(globals(), ends_well=breaks), self.assertRaises(AttributeError):
            self.grade()

    def test_what_is_said_ends_without_an_empty_line(self):
        with self.assertRaises(CheckFailed) as failure:
            Context.expect(1, 2, "the exit status; stderr: none\n")
        self.assertEqual(failure.exception.what, "the exit status; stderr: none")


if __name__ == "__main__":
    unittest.main()

"""A host Linux that ends or hangs in the middle of runs: the others' are made in a new one."""

import os
import signal
import sys
import unittest
from unittest import mock

ROOT = os.path.abspath(os.path.join(__file__, *[os.pardir] * 4))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from lib import BUILD  # noqa: E402
from labs.checks import TIMED_OUT, Run  # noqa: E402
from labs.host import Broken, Host  # noqa: E402
from labs.tree import duets_build  # noqa: E402
from labs.watch import qemu_below  # noqa: E402


class Sabotaged(Host):
    """A host whose QEMU gets a signal as soon as a run has begun; `signals` has one, or None, for each run."""

    def __init__(self, duets, signals):
        super().__init__(duets)
        self.signals, self.boots = signals, 0

    def _start(self):
        super()._start()
        self.boots += 1

    def _line(self, start, count, *more):
        if start.startswith(b"run ") and (number := self.signals.pop(0)):
            os.kill(qemu_below(self.process.pid), number)
        return super()._line(start, count, *more)


class HostTest(unittest.TestCase):
    def setUp(self):
        self.duets = duets_build([], BUILD)

    def results(self, signals, boots):
        """The exit statuses of four runs by the reference, which end with 0 to 3; or the outcome of a judged one."""
        trial = mock.Mock(candidate=self.duets[None, "reference"])
        runs = [(trial, Run("guests/caller", stdin=f"end {status}\n")) for status in range(4)]
        with Sabotaged(self.duets, signals) as host:
            results = list(host.execute(runs))
        self.assertEqual((host.signals, host.boots), ([], boots))
        return [result.outcome or result.status for _, result in results]

    def test_nobody_is_blamed_for_one_death(self):
        self.assertEqual(self.results([None, signal.SIGKILL, None, None, None], 2), [0, 1, 2, 3])

    def test_a_run_in_which_it_dies_twice_has_timed_out(self):
        self.assertEqual(self.results([None, signal.SIGKILL, signal.SIGKILL, None, None], 3), [0, TIMED_OUT, 2, 3])

    def test_two_runs_are_not_taken_for_one(self):
        self.assertEqual(self.results([signal.SIGKILL, None, signal.SIGKILL, None, None, None], 3), [0, 1, 2, 3])

    @mock.patch("labs.watch.IDLE_TICKS", 4)
    def test_one_that_does_nothing_has_died(self):
        self.assertEqual(self.results([None, None, None, signal.SIGSTOP, signal.SIGSTOP], 2), [0, 1, 2, TIMED_OUT])

    @mock.patch("labs.host.SLOWEST", 10 ** 12)
    def test_a_run_that_takes_too_much_of_a_processor_is_stopped(self):
        trial = mock.Mock(candidate=self.duets[None, "reference"])
        long = Run("toyos", args=["run=usertests"], limit=10 ** 12)  # for which 1 s is left, then
        after = Run("guests/caller", stdin="end 4\n", limit=10 ** 12)
        with Sabotaged(self.duets, [None] * 3) as host:
            first, second = (result for _, result in host.execute([(trial, long), (trial, after)]))
            third, = (result for _, result in host.execute([(trial, after)]))
        self.assertEqual((first.outcome, second.status, third.status, host.boots), (TIMED_OUT, 4, 4, 1))
        self.assertIn("of a processor", first.why)

    @mock.patch("labs.host.KEPT_BYTES", 1)
    def test_what_was_removed_there_is_sent_again(self):
        trial = mock.Mock(candidate=self.duets[None, "reference"])
        caller, toyos = Run("guests/caller", stdin="end 4\n"), Run("toyos", args=["run=exit 5"])
        with Sabotaged(self.duets, [None] * 3) as host:
            statuses, sent = [], []
            for run in (caller, toyos, caller):
                statuses += [result.status for _, result in host.execute([(trial, run)])]
                sent.append({os.path.basename(path) for path in host.sent})
        self.assertEqual((statuses, sent), ([4, 5, 4], [{"duet", "caller"}, {"duet", "toyos"}, {"duet", "caller"}]))

    def test_one_that_never_comes_up_is_no_candidates_fault(self):
        with mock.patch.dict(os.environ, {"PATH": "/nowhere"}), self.assertRaisesRegex(Broken, "ended"):
            self.results([], 1)

    @mock.patch("labs.host.JOB", "echo broken for a reason; exit 1")
    def test_one_that_cannot_be_used_says_why(self):
        with self.assertRaisesRegex(Broken, "says: for a reason"):
            self.results([], 1)


if __name__ == "__main__":
    unittest.main()

"""Runs on the bare machine: what a run that does not end is, and who is to blame for a QEMU that ends."""

import os
import signal
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs import bare  # noqa: E402
from labs.checks import FAILED, TIMED_OUT, BareRun  # noqa: E402
from lib import BUILD  # noqa: E402

HV = os.path.join(BUILD, "hv/hv.elf")
TOYOS = os.path.join(BUILD, "toyos/toyos.elf")
FIRMWARE = os.path.join(BUILD, "labs/P1-hypervisor/guests/firmware.elf")


def run(guest, **more):
    with tempfile.TemporaryDirectory() as folder:
        return bare.bare_run(BareRun("hv", **more), HV, guest, folder)


class BareTest(unittest.TestCase):
    def test_gives_status_output_and_traps(self):
        result = run(TOYOS, args=["run=cat; exit 5"], stdin="one\ntwo\n\x04", traps=True)
        self.assertEqual((result.status, result.out, result.outcome), (5, b"one\ntwo\n", None))
        self.assertTrue({8, 10, 23} <= {trap.cause for trap in result.traps}, "user ecall, VS ecall, guest store fault")

    def test_stops_what_computes_for_ever(self):
        result = run(FIRMWARE, limit=2)
        self.assertEqual((result.status, result.outcome), (None, TIMED_OUT))
        self.assertIn("processor time", result.why)

    def test_stops_what_waits_for_ever(self):
        self.addCleanup(setattr, bare, "IDLE_TICKS", bare.IDLE_TICKS)
        bare.IDLE_TICKS = 6
        result = run(TOYOS)
        self.assertEqual((result.status, result.outcome), (None, TIMED_OUT))
        self.assertIn("waits", result.why)

    def test_stops_what_prints_for_ever(self):
        self.addCleanup(setattr, bare, "OUTPUT_BYTES", bare.OUTPUT_BYTES)
        bare.OUTPUT_BYTES = 20000
        result = run(TOYOS, args=["run=cat " + "README " * 20])
        self.assertEqual((result.status, result.outcome), (None, FAILED))
        self.assertIn("printed more than", result.why)

    def test_a_guest_that_crashes_qemu_has_failed(self):
        result = bare.result_of(-signal.SIGABRT, b"", b"assertion", None, [])
        self.assertEqual((result.status, result.outcome), (None, FAILED))

    def test_a_qemu_that_was_killed_is_no_candidates_fault(self):
        with self.assertRaises(bare.NoAnswer):
            bare.result_of(-signal.SIGKILL, b"", b"", None, [])


if __name__ == "__main__":
    unittest.main()

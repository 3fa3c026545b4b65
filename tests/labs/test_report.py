"""The forms in which course systems take a result."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree
from unittest import mock

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from labs.checks import FAILED, PASSED, TIMED_OUT, Verdict  # noqa: E402
from labs.report import CLASSROOM50, FORMATS, Report  # noqa: E402
from labs.spec import LabError, lab_find  # noqa: E402

# What a guest printed, with all that a format has a meaning for.
SEEN = "]]> <&\"' \x1b[31m \0 \ufffe\nok 1 - scrambles\n1..0\r\nnot ok, # TODO"


# What Classroom 50's runner says of a submission.
RUNNER = {name: f"https://classroom/{name}" for name in CLASSROOM50.values()}


def shape(value):
    """The names and kinds of a JSON value; a list's are those of its members, and a score's name may be any."""
    if isinstance(value, dict):
        return {"*" if set(value) & {"scrambles"} else name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(value[0])]
    return type(value).__name__


class ReportTest(unittest.TestCase):
    @mock.patch.dict(os.environ, RUNNER)
    def setUp(self):
        lab = lab_find("01")
        verdicts = {name: Verdict(PASSED) for name in lab.checks}
        verdicts["edges"] = Verdict(FAILED, "the \"edges\" & <others>, too", "0 3", SEEN)
        verdicts["refuses"] = Verdict(TIMED_OUT, "it did not end")
        verdicts["others"].flaky = True
        report = Report(lab, "seed", verdicts)
        self.checks = lab.checks
        self.data = report.as_data()
        self.text = {kind: make(self.data) for kind, make in FORMATS.items()}
        self.lost = {"edges", "refuses"}
        self.score = lab.points() - lab.checks["edges"]["points"] - lab.checks["refuses"]["points"]

    def test_can_all_be_written(self):
        for kind, text in self.text.items():
            with self.subTest(kind):
                text.encode()  # into a file

    def test_has_the_shape_of_the_samples(self):
        for kind in ("classroom50", "gradescope", "autolab"):
            with open(os.path.join(ROOT, "tests/labs/samples", f"{kind}.json")) as file, self.subTest(kind):
                self.assertEqual(shape(json.loads(self.text[kind])), shape(json.load(file)))

    def test_json(self):
        data = json.loads(self.text["json"])
        self.assertEqual((data["schema"], data["score"], data["max_score"]), ("duet-labs/result/v1", self.score, 12))
        self.assertEqual([check["name"] for check in data["checks"]], list(self.checks))
        self.assertEqual({check["name"] for check in data["checks"] if check["flaky"]}, {"others"})

    def test_gradescope(self):
        """Its specification: the score is a number, `tests` have these keys, a status is one of two words."""
        data = json.loads(self.text["gradescope"])
        self.assertEqual(set(data), {"score", "output", "tests"})
        self.assertEqual(data["score"], sum(test["score"] for test in data["tests"]))
        for test, (name, check) in zip(data["tests"], self.checks.items(), strict=True):
            self.assertEqual(set(test), {"name", "score", "max_score", "status", "output"})
            self.assertEqual((test["name"], test["max_score"]), (name, check["points"]))
            self.assertEqual((test["status"], test["score"]),
                             ("failed", 0) if name in self.lost else ("passed", check["points"]))
            self.assertIsInstance(test["output"], str)

    def test_classroom50(self):
        """Schema classroom50/result/v1: scores are whole numbers."""
        data = json.loads(self.text["classroom50"])
        self.assertEqual({key: data[key] for key in CLASSROOM50},
                         {key: f"https://classroom/{name}" for key, name in CLASSROOM50.items()})
        self.assertRegex(data["datetime"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((data["schema"], data["score"], data["max-score"]), ("classroom50/result/v1", self.score, 12))
        for test, (name, check) in zip(data["tests"], self.checks.items(), strict=True):
            self.assertEqual((test["test-name"], test["max-score"]), (name, check["points"]))
            self.assertIs(type(test["score"]), int)
            self.assertIs(test["passed"], name not in self.lost)

    def test_classroom50_is_for_its_runner(self):
        with self.assertRaisesRegex(LabError, "Classroom 50's runner sets CLASSROOM, .*REVIEW_URL, which is missing here"):
            FORMATS["classroom50"](self.data)

    def test_autolab(self):
        """The last line of output is JSON, {"scores": {problem: number}}."""
        self.assertEqual(self.text["autolab"].count("\n"), 1)
        self.assertEqual(json.loads(self.text["autolab"]),
                         {"scores": {name: 0 if name in self.lost else check["points"]
                                     for name, check in self.checks.items()}})

    def test_junit(self):
        suite = xml.etree.ElementTree.fromstring(self.text["junit"].encode())
        self.assertEqual((suite.tag, suite.get("tests"), suite.get("failures")), ("testsuite", "7", "2"))
        failed = {case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None}
        self.assertEqual(([case.get("name") for case in suite], failed), (list(self.checks), self.lost))
        self.assertIn("]]> <&", suite.find("testcase[@name='edges']/failure").text)

    def test_tap(self):
        """What a guest printed is in comments, where it says nothing to a reader of TAP."""
        lines = [line for line in self.text["tap"].splitlines() if not line.startswith("#")]
        self.assertEqual(lines[:2], ["TAP version 13", "1..7"])
        self.assertEqual(lines[2:], [f"{'not ok' if name in self.lost else 'ok'} {number} - {name}"
                                     for number, name in enumerate(self.checks, 1)])

    @unittest.skipUnless(shutil.which("prove"), "perl's prove is not here")
    def test_tap_by_prove(self):
        said = subprocess.run(["prove", "-e", "cat", "-v", "/dev/stdin"], input=self.text["tap"].encode(errors="replace"),
                              capture_output=True)
        self.assertRegex(said.stdout, rb"Failed tests?: +4, 6|Failed 2/7")

    def test_csv(self):
        rows = list(csv.reader(io.StringIO(self.text["csv"])))
        self.assertEqual(rows, [["01-first-hypercall", name, "0" if name in self.lost else str(check["points"]),
                                 str(check["points"]), {"edges": FAILED, "refuses": TIMED_OUT}.get(name, PASSED)]
                                for name, check in self.checks.items()])


if __name__ == "__main__":
    unittest.main()

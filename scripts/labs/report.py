"""What a grading came to: one structure, and the texts that people and course systems want of it."""

import json
import os
import time
from xml.sax.saxutils import quoteattr, escape

from labs.checks import PASSED
from labs.spec import LabError


class Report:
    """The verdicts of one hand-in: rows of (check, points, what, Verdict), in the order of lab.json."""

    def __init__(self, lab, seed, verdicts):
        self.lab, self.seed = lab, seed
        self.rows = [(name, check["points"], check["what"], verdicts[name])
                     for name, check in lab.checks.items() if name in verdicts]

    def score(self):
        return sum(points for _, points, _, verdict in self.rows if verdict.outcome == PASSED)

    def points(self):
        return sum(points for _, points, _, _ in self.rows)

    def passed(self):
        return all(verdict.outcome == PASSED for _, _, _, verdict in self.rows)

    def as_data(self):
        """The internal form, from which all others follow."""
        return {"schema": "duet-labs/result/v1", "lab": self.lab.name, "title": self.lab.title, "seed": self.seed,
                "score": self.score(), "max_score": self.points(),
                "checks": [{"name": name, "what": what, "points": points, "outcome": verdict.outcome,
                            "score": points if verdict.outcome == PASSED else 0, "flaky": verdict.flaky,
                            "reason": verdict.what, "expected": verdict.expected, "seen": verdict.seen}
                           for name, points, what, verdict in self.rows]}


def repeat(lab, name, seed):
    return f"make grade LAB={lab.number} TEST={name} SEED={seed}"


def line_of(lab, name, verdict, seed):
    """A check's line for the terminal, and what a student needs to go on if it was lost."""
    check = lab.checks[name]
    points = check["points"] if verdict.outcome == PASSED else 0
    mark = {"passed": "ok  "}.get(verdict.outcome, "LOST")
    lines = [f"{mark} {points}/{check['points']}  {name}: {check['what']}{' (flaky)' if verdict.flaky else ''}"]
    if verdict.outcome != PASSED:
        lines.append(f"      {verdict.outcome}: {verdict.what}")
        if verdict.expected or verdict.seen:
            lines += [f"      expected: {verdict.expected}", f"      seen:     {verdict.seen}"]
        lines.append(f"      again:    {repeat(lab, name, seed)}")
    return "\n".join(lines)


def reason(check):
    if check["outcome"] == PASSED:
        return ""
    text = f"{check['outcome']}: {check['reason']}"
    if check["expected"] or check["seen"]:
        text += f"\nexpected: {check['expected']}\nseen: {check['seen']}"
    return text


def gradescope(data):
    """Gradescope's results.json (its autograder specification)."""
    return json.dumps({"score": data["score"], "output": f"{data['title']}, seed {data['seed']}",
                       "tests": [{"name": check["name"], "score": check["score"], "max_score": check["points"],
                                  "status": "passed" if check["outcome"] == PASSED else "failed",
                                  "output": "\n".join(filter(None, (check["what"], reason(check))))}
                                 for check in data["checks"]]}, indent=2) + "\n"


CLASSROOM50 = {"classroom": "CLASSROOM", "assignment": "ASSIGNMENT", "submission": "SUBMISSION_TAG",
               "commit": "COMMIT_URL", "release": "RELEASE_URL", "review": "REVIEW_URL"}


def classroom50(data):
    """Classroom 50's result.json, schema classroom50/result/v1: scores are whole numbers. What is to be said of the
    submission is in the environment, by its runner, which adds owner and type itself."""
    missing = [name for name in CLASSROOM50.values() if not os.environ.get(name)]
    if missing:
        raise LabError(f"classroom50: Classroom 50's runner sets {', '.join(missing)}, which is missing here")
    return json.dumps({"schema": "classroom50/result/v1", **{key: os.environ[name] for key, name in CLASSROOM50.items()},
                       "datetime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                       "score": data["score"], "max-score": data["max_score"],
                       "tests": [{"test-name": check["name"], "passed": check["outcome"] == PASSED,
                                  "score": check["score"], "max-score": check["points"], "output": reason(check)}
                                 for check in data["checks"]]}, indent=2) + "\n"


def autolab(data):
    """Autolab's last line: the scores by problem."""
    return json.dumps({"scores": {check["name"]: check["score"] for check in data["checks"]}}) + "\n"


def junit(data):
    """JUnit's XML, as CI systems read it."""
    failures = sum(check["outcome"] != PASSED for check in data["checks"])
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           f"<testsuite name={quoteattr(data['lab'])} tests=\"{len(data['checks'])}\" failures=\"{failures}\">"]
    for check in data["checks"]:
        out.append(f"  <testcase classname={quoteattr(data['lab'])} name={quoteattr(check['name'])}>")
        if check["outcome"] != PASSED:
            message = quoteattr(printable(check["reason"]))
            out.append(f"    <failure message={message}>{escape(printable(reason(check)))}</failure>")
        out.append("  </testcase>")
    return "\n".join([*out, "</testsuite>"]) + "\n"


def printable(text):
    """XML has no way to write most control characters, and two others."""
    return "".join(c if c in "\n\t" or c >= " " and c not in "\ufffe\uffff" else "?" for c in text)


def tap(data):
    """The Test Anything Protocol, version 13."""
    out = ["TAP version 13", f"1..{len(data['checks'])}"]
    for number, check in enumerate(data["checks"], 1):
        out.append(f"{'ok' if check['outcome'] == PASSED else 'not ok'} {number} - {check['name']}")
        out += [f"# {line}" for line in reason(check).splitlines()]
    return "\n".join(out) + "\n"


def csv(data):
    """A row a check: lab, check, score, points, outcome."""
    return "".join(f"{data['lab']},{check['name']},{check['score']},{check['points']},{check['outcome']}\n"
                   for check in data["checks"])


FORMATS = {"json": lambda data: json.dumps(data, indent=2) + "\n", "gradescope": gradescope, "classroom50": classroom50,
           "autolab": autolab, "junit": junit, "tap": tap, "csv": csv}

"""The way of a hand-in to its report: it is built, all of its checks are made, those that it lost once more."""

import os

from lib import BUILD
from labs.checks import PASSED, Trial, judge
from labs.report import Report
from labs.tree import BuildFailed, candidate_build


class Grading:
    """A hand-in that is graded. `name` is its own among those that share a host Linux."""

    def __init__(self, lab, name, handin, seed, checks=None):
        self.lab, self.name, self.handin, self.seed = lab, name, handin, seed
        self.checks = checks or list(lab.checks)
        self.verdicts, self.candidate, self.unbuilt = {}, None, None

    def build(self, folder=os.path.join(BUILD, "labs/graded"), base=None):
        """Builds it into `folder`; what does not build has lost all."""
        try:
            self.candidate = candidate_build(self.lab, self.name, self.handin, folder, base=base)
        except BuildFailed as error:
            self.unbuilt = str(error)
            self.verdicts = {name: error.verdict() for name in self.checks}

    def report(self):
        return Report(self.lab, self.seed, self.verdicts)


def grade(gradings, reference, execute, show=lambda grading, check: None):
    """Makes the checks of gradings that were built. `execute` is a Host's; `show` is called when a check has its
    verdict. A check that was lost is made once more with its seed: if it then passes, it counts and is flaky."""
    def trials_of(wanted):
        trials = []
        for grading, check in wanted:
            trials.append(Trial(grading.lab, check, grading.candidate, reference, grading.seed))
            trials[-1].grading = grading
        return trials

    def passes(trial):
        if trial.verdict.outcome == PASSED:
            keep(trial)

    def keep(trial):
        trial.grading.verdicts[trial.check] = trial.verdict
        show(trial.grading, trial.check)

    first = trials_of((grading, check) for grading in gradings if grading.candidate for check in grading.checks)
    judge(first, execute, passes)
    lost = [trial for trial in first if trial.verdict.outcome != PASSED]
    again = trials_of((trial.grading, trial.check) for trial in lost)
    judge(again, execute)
    for before, after in zip(lost, again):
        if after.verdict.outcome == PASSED:
            before.verdict = after.verdict
            before.verdict.flaky = True
        keep(before)

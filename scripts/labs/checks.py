"""The checks of a lab: what they ask of a run, and how a batch of them is judged.

A check is a generator, `def NAME(lab)`. It yields a run that it wants to see, or a list, and is given what came back:

    def adds(lab):
        run = yield lab.duet("guests/caller", stdin="call 15 1 2\\n")
        lab.expect(run.out, b"0 3\\n", "what the call returns")

All checks' first runs go into one boot of the host Linux, then all their second ones, and so on. Random values come
from `lab.random`, whose seed enters after the build. The verdict is made here, on the PC, from what came back.
"""

import io
import random
import re

from labs.source import TABLE, calls_of

# What a run may take, in instructions of the host Linux: QEMU counts them, so that the limit is the same on
# every machine under every load. A guest that sleeps for ever reaches it at once; one that only traps takes so much
# of a processor for each that it reaches SLOWEST before (host.py). Ours need 20 M to 100 M.
LIMIT = 400_000_000

PASSED, FAILED, TIMED_OUT, BROKEN = "passed", "failed", "timed out", "infrastructure error"


class Run:
    """A run of a duet in the host Linux: `candidate`, `reference`, or one of the lab's `duets`. The guest is the
    candidate's own if it builds one of that name, else one of the run's `files`, else the reference's.

    `copies` names files of the run that it may write to: they are in its folder. `then` are lines of a shell behind
    that duet, in its folder and with the rest of its input: /box/candidate and /box/reference are there. They may write
    files of FILE_BYTES, if not of many blocks."""

    def __init__(self, guest, duet="candidate", stdin=b"", args=(), options=(), files=None, environment=None,
                 limit=LIMIT, copies=(), then=None):
        self.duet, self.guest, self.args, self.options, self.limit = duet, guest, list(args), list(options), limit
        self.environment, self.copies, self.then = environment or {}, copies, then
        self.stdin = stdin.encode() if isinstance(stdin, str) else stdin
        self.files = files or {}  # {name in the run's own folder: bytes}


# Seconds of a processor for a run on the bare machine; the longest of ours takes 3.
BARE_LIMIT = 60


class BareRun:
    """A run of the candidate's `program`, by its name among what lab.json has built, on QEMU's bare machine. `guest`
    is its initrd: one of the candidate's or of the reference's files by name, or with `image` these bytes. `args` are
    behind the mark that it prints first. `traps`: QEMU is to say which traps it saw. No run of this sort and one of
    the other in one list."""

    def __init__(self, program, guest=None, image=None, stdin=b"", args=(), traps=False, limit=BARE_LIMIT):
        self.program, self.guest, self.image, self.args, self.traps = program, guest, image, list(args), traps
        self.stdin = stdin.encode() if isinstance(stdin, str) else stdin
        self.limit = limit


class Trap:
    """A trap that QEMU saw, of any mode; `cause` is without the interrupt's bit."""

    def __init__(self, is_interrupt, cause, epc, tval):
        self.is_interrupt, self.cause, self.epc, self.tval = is_interrupt, cause, epc, tval


class Result:
    """What came back: stdout, stderr, and the exit status. That is None if the run was stopped: then `outcome` is the
    check's, and `why` says why."""

    def __init__(self, status, out, err, outcome=None, why=None):
        self.status, self.out, self.err, self.outcome, self.why = status, out, err, outcome, why
        self.traps = []  # of a BareRun that asked for them

    def lines(self):
        return self.out.decode(errors="replace").splitlines()


class CheckFailed(Exception):
    def __init__(self, what, expected, seen):
        super().__init__(what)
        self.what, self.expected, self.seen = what.rstrip(), expected, seen  # it may end with what a run printed


class Verdict:
    """What became of a check. `expected` and `seen` are texts, of a failed one."""

    def __init__(self, outcome, what="", expected="", seen=""):
        self.outcome, self.what, self.expected, self.seen = outcome, what, expected, seen
        self.flaky = False


class Context:
    """What a check has: `lab` in its signature."""

    def __init__(self, lab, check, candidate, reference, seed):
        self.term, self.candidate, self.reference_files = lab.values, candidate, reference.files
        self.random = random.Random(f"{seed}/{lab.name}/{check}")
        self.path = lab.path

    def duet(self, guest, **more):
        """A run of the candidate's duet with a reference guest, or with one of the run's own `files`."""
        return Run(guest, **more)

    def reference(self, guest, **more):
        """A run of the reference's duet, to compare with."""
        return Run(guest, "reference", **more)

    def toyos(self, line, **more):
        """A run of the candidate's toyos under the reference's duet; `line` is for its shell."""
        return Run("toyos", "reference", args=[*more.pop("args", ()), f"run={line}"], **more)

    @staticmethod
    def bare(program, guest=None, **more):
        """A run of the candidate's program on the bare machine."""
        return BareRun(program, guest, **more)

    def call_number(self, name):
        """The number that the candidate's table of hypercalls gives to `name`."""
        path = self.candidate.sources.get(TABLE)
        with open(path, errors="replace") if path else io.StringIO() as file:
            numbers = calls_of(file.read())
        if name not in numbers:
            raise CheckFailed(f"the table in {TABLE}", f"a line CALL(..., {name}, ...)", "no such line")
        return numbers[name]

    def guest_path(self, name):
        """The file of a reference guest, to make another one of it; or of toyos's tool `mkfs`."""
        return self.reference_files[name]

    def bytes(self, count):
        return self.random.randbytes(count)

    @staticmethod
    def expect(seen, expected, what):
        """The check fails if they differ."""
        if seen != expected:
            raise CheckFailed(what, expected, seen)

    @staticmethod
    def expect_match(seen, pattern, what):
        """The check fails if a regular expression is not found in what was seen, a text or bytes."""
        text = seen.decode(errors="replace") if isinstance(seen, bytes) else seen
        if not re.search(pattern, text, re.M):
            raise CheckFailed(what, f"a line like {pattern}", seen)

    @staticmethod
    def fail(what, expected, seen):
        raise CheckFailed(what, expected, seen)


def shown(value):
    """A value for people, cut to a few lines."""
    text = value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
    text = text.strip("\n")
    return text if len(text) <= 400 else f"{text[:400]} ... ({len(text)} characters)"


class Trial:
    """A check of a candidate with a seed, on its way to a verdict. `reference` is the grader's own Candidate."""

    def __init__(self, lab, check, candidate, reference, seed):
        self.lab, self.check, self.candidate, self.seed = lab, check, candidate, seed
        self.verdict = None
        self.generator = lab.functions[check](Context(lab, check, candidate, reference, seed))
        self.wanted = []  # the runs that it waits for
        self.results = []
        self._advance(None)

    def _advance(self, results):
        """On to the next runs, or to the verdict."""
        self.wanted, self.results = [], []
        try:
            wanted = self.generator.send(results)
            self.single = isinstance(wanted, (Run, BareRun))
            self.wanted = [wanted] if self.single else list(wanted)
        except StopIteration:
            self.verdict = Verdict(PASSED)
        except CheckFailed as failure:
            self.verdict = Verdict(FAILED, failure.what, shown(failure.expected), shown(failure.seen))
        except Exception as error:
            if results is None:
                raise  # nothing has run yet: it is the check's own mistake
            last = results if self.single else results[-1]
            self.verdict = Verdict(FAILED, "the output, which has not the form that the check reads",
                                   f"a form that it reads ({type(error).__name__}: {error})", shown(last.out))

    def take(self, result):
        """The result of the next of the runs that are wanted."""
        self.results.append(result)
        if result.outcome:
            self.wanted = []
            self.verdict = Verdict(result.outcome, result.why)
        elif len(self.results) == len(self.wanted):
            self._advance(self.results[0] if self.single else self.results)


def judge(trials, execute, ended=lambda trial: None):
    """Has all trials come to their verdicts. `execute` gets (trial, run) for all runs that are wanted now, makes them,
    and yields (trial, result) in the same order; `ended` is called for each trial that has its verdict."""
    waiting = []
    for trial in trials:
        if trial.verdict:
            ended(trial)
        else:
            waiting.append(trial)
    while waiting:
        for trial, result in execute([(trial, run) for trial in waiting for run in trial.wanted]):
            if not trial.verdict:
                trial.take(result)
                if trial.verdict:
                    ended(trial)
        waiting = [trial for trial in waiting if not trial.verdict]

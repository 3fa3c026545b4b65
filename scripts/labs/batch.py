"""Many hand-ins of a lab, graded in one host Linux: what a worker of scripts/grade-class does.

A worker takes a line a hand-in, as JSON with `name` and `archive` (base64), and gives a line a result, with `name`,
`key`, and `result` (labs/report.py's) or `refused`, a text. Both go through pipes, so that a worker may run on another
machine without a folder in common.
"""

import base64
import hashlib
import json
import os
import tempfile

from lib import BUILD, ROOT
from labs.grading import Grading, grade
from labs.handin import Handin, HandinError
from labs.host import Host
from labs.source import SourceError
from labs.tree import duets_build, tree_remove

SOURCES = ("Makefile", "abi", "common", "scripts", "tests/labs", "toyos", "vmm")  # all that a score follows from


def state_of_sources():
    """A hash of this checkout's sources: two machines with another one do not give the same scores."""
    key = hashlib.sha256()
    for part in SOURCES:
        for folder, folders, names in os.walk(os.path.join(ROOT, part)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    key.update(f"{os.path.relpath(path, ROOT)}\0".encode() + hashlib.sha256(file.read()).digest())
    return key.hexdigest()[:16]


def key_of(archive, lab, seed, state):
    """What a result follows from: a hand-in with the key of one that was graded need not be graded again."""
    text = f"{hashlib.sha256(archive).hexdigest()} {lab.name} {lab.term_seed} {seed} {state}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def line_of_handin(name, path):
    with open(path, "rb") as file:
        return json.dumps({"name": name, "archive": base64.b64encode(file.read()).decode()}) + "\n"


def batch_grade(lab, seed, lines, give):
    """Grades the hand-ins of `lines`; `give` gets a dictionary for each, as soon as it is known."""
    state = state_of_sources()
    keys, gradings = {}, []
    folder = os.path.join(BUILD, "labs/graded", str(os.getpid()))

    def answer(name, **result):
        give({"name": name, "key": keys[name], **result})

    def show(grading, _):
        if len(grading.verdicts) == len(grading.checks):
            answer(grading.student, result=grading.report().as_data())

    try:
        for number, line in enumerate(lines):
            order = json.loads(line)
            name, archive = order["name"], base64.b64decode(order["archive"])
            keys[name] = key_of(archive, lab, seed, state)
            try:
                with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
                    file.write(archive)
                    file.flush()
                    handin = Handin.read(file.name, lab)
            except HandinError as error:
                answer(name, refused=str(error).partition(": ")[2])
                continue
            grading = Grading(lab, f"handin-{number}", handin, seed)
            grading.student = name
            try:
                grading.build(folder)
            except SourceError as error:
                answer(name, refused=str(error))
                continue
            if grading.unbuilt:
                show(grading, None)
            gradings.append(grading)
        if any(grading.candidate for grading in gradings):
            duets = duets_build([lab], BUILD)
            with Host(duets) as host:
                grade(gradings, duets[None, "reference"], host.execute, show)
    finally:
        tree_remove(folder)

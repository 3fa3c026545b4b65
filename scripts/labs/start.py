"""A lab that was started: a branch with the starter, in a folder of its own."""

import json
import os
import subprocess

from lib import ROOT
from labs.spec import LabError
from labs.tree import BUILT, HOST, built_copy, reference_keep

TERM = "2026"  # the term's seed if none is said
# Whose work the starter is; and git may not know the student's name yet.
AS_DUET = {f"GIT_{who}_{what}": "duet" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
MARK = ".lab"  # at the top of a lab's folder: which lab, of which term, from which commit


def git(*words, root=ROOT, environment=None):
    result = subprocess.run(["git", "-C", root, *words], env={**os.environ, **(environment or {})}, capture_output=True,
                            text=True)
    if result.returncode:
        raise LabError(f"git {words[0]}: {result.stderr.strip()}")
    return result.stdout.strip()


class Started:
    """What the mark says."""

    def __init__(self, lab, term, base):
        self.lab, self.term, self.base = lab, term, base

    @staticmethod
    def find(root=ROOT):
        """That of this checkout; None if no lab was started in it."""
        path = os.path.join(root, MARK)
        if not os.path.exists(path):
            return None
        try:
            with open(path) as file:
                return Started(**json.load(file))
        except (OSError, ValueError, TypeError):
            raise LabError(f"{path}: is damaged; `git checkout {MARK}` brings it back") from None


def lab_start(lab, folder, term, root=ROOT):
    """Makes `folder` a checkout of a new branch lab-NN, which begins with the starter."""
    if Started.find(root):
        raise LabError("this folder is a lab already: start the next one from the checkout that you began with")
    if git("status", "--porcelain", "--untracked-files=no", root=root):
        raise LabError("there is work that is not committed here: `git commit -a` or `git stash` first")
    if os.path.exists(folder):
        raise LabError(f"{folder}: is there already; to begin anew, remove it: "
                       f"git worktree remove --force {folder}; git branch -D lab-{lab.number}")
    base = git("rev-parse", "HEAD", root=root)
    git("worktree", "add", "-b", f"lab-{lab.number}", folder, base, root=root)
    starter = lab.variant("starter")
    if starter:
        starter.apply(folder)
    with open(os.path.join(folder, MARK), "w") as file:
        json.dump({"lab": lab.name, "term": term, "base": base}, file)
        file.write("\n")
    git("add", "--all", root=folder)
    git("commit", "--quiet", "--no-gpg-sign", "--message", f"Start lab {lab.number}: {lab.title}", root=folder,
        environment=AS_DUET)
    # What is built already, so that the first `make` there takes seconds.
    built_copy(folder, (*BUILT, *HOST), root)
    reference_keep(os.path.join(root, "build"), os.path.join(folder, "build/labs/reference"))

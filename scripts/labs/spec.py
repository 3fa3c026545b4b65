"""What a lab is: tests/labs/NN-name with its lab.json, its checks, and the variants of its solution."""

import glob
import importlib.util
import json
import os
import random
import re

from lib import ROOT
from labs.source import Variant

FOLDER = "tests/labs"
KEYS = {"title": str, "hours": (int, float), "prerequisites": list, "files": list, "build": list, "checks": dict}


class LabError(Exception):
    """A lab that is not as it must be; the text names the file."""


class Lab:
    """One lab of the tree `root`. `term` is the seed that varies the task from one term to the next."""

    def __init__(self, folder, term, root=ROOT):
        self.root, self.folder, self.term_seed = root, folder, term
        self.name = os.path.basename(folder)
        self.number = self.name.partition("-")[0]
        self._read()
        module = self._checks_module()
        self.values = module.vary(random.Random(f"{term}/{self.name}")) if hasattr(module, "vary") else {}
        self.functions = {name: getattr(module, name, None) for name in self.checks}
        missing = [name for name, function in self.functions.items() if not callable(function)]
        if missing:
            raise LabError(f"{self.path('checks.py')}: has no function {missing[0]}(), which lab.json names as a check")

    def _read(self):
        path = self.path("lab.json")
        try:
            with open(path) as file:
                data = json.load(file)
        except (OSError, ValueError) as error:
            raise LabError(f"{path}: {error}") from None
        for key, kind in KEYS.items():
            if not isinstance(data.get(key), kind):
                raise LabError(f"{path}: `{key}` is missing, or not of the right type")
        self.title, self.hours, self.needs = data["title"], data["hours"], data["prerequisites"]
        self.files, self.build, self.checks = data["files"], data["build"], data["checks"]
        self.duets = data.get("duets", [])  # variants of the grader's own that the checks use
        for name, check in self.checks.items():
            if not isinstance(check.get("points"), int) or not isinstance(check.get("what"), str):
                raise LabError(f"{path}: check `{name}` needs `points`, a whole number, and `what`")

    def _checks_module(self):
        spec = importlib.util.spec_from_file_location(f"checks_{self.number}", self.path("checks.py"))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def path(self, *names):
        return os.path.join(self.root, self.folder, *names)

    def points(self):
        return sum(check["points"] for check in self.checks.values())

    def variant(self, name):
        """`starter`, `solution` or one of `duets`, of which some serve several labs; or None where the lab needs
        none: then the tree itself is it."""
        path = self.path(f"{name}.c")
        if name in self.duets and not os.path.exists(path):
            path = os.path.join(self.root, FOLDER, "duets", f"{name}.c")
        return Variant(path, self.values) if os.path.exists(path) else None

    def wrong(self):
        """The wrong solutions, by name."""
        return [Variant(path, self.values) for path in sorted(glob.glob(self.path("wrong", "*.c")))]


def labs_find(root=ROOT, term="2026"):
    """All labs of a tree, in their order."""
    return [Lab(os.path.relpath(os.path.dirname(path), root), term, root)
            for path in sorted(glob.glob(os.path.join(root, FOLDER, "*", "lab.json")))]


def lab_find(which, root=ROOT, term="2026"):
    """The lab of this number or name: `1`, `01` and `01-first-hypercall` are the same."""
    folders = sorted(glob.glob(os.path.join(root, FOLDER, "*", "lab.json")))
    names = [os.path.basename(os.path.dirname(path)) for path in folders]
    for name in names:
        number = name.partition("-")[0]
        if which == name or which.lstrip("0") == number.lstrip("0") or re.fullmatch(f"0*{re.escape(which)}", number):
            return Lab(os.path.join(FOLDER, name), term, root)
    raise LabError(f"LAB={which}: there is no such lab; there are {', '.join(names)}")

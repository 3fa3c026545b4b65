"""Which hand-ins are alike: what students have written, without what they began with, is compared by runs of C's
tokens, so that other names, layouts and comments hide nothing. It is a hint, and no proof: a short function has few
ways to be written. (Debian 13 has no program for this: similarity-tester, which Debian 12 has, has gone.)"""

import itertools
import os
import re
import shutil
import tempfile

from lib import ROOT, say
from labs.handin import Handin, HandinError

SHOWN = 60     # per cent of the shorter one's runs that are in the other one
RUN = 12       # tokens in a row
KEYWORDS = set("break case char const continue default do double else enum extern for goto if int long return short "
               "signed sizeof static struct switch typedef union unsigned void volatile while".split())
SOLUTION = "(the solution in main)"


def contents_of(lab, variant):
    """The lab's files as they are in the tree after the variant."""
    with tempfile.TemporaryDirectory() as tree:
        for path in {*lab.files, *(variant.files() if variant else ())}:
            source = os.path.join(ROOT, path)
            if os.path.exists(source):
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                shutil.copy(source, os.path.join(tree, path))
        if variant:
            variant.apply(tree)
        return Handin.of_checkout(lab, tree).contents


def own_lines(contents, begun):
    """What a hand-in has and the files that it began with have not: lines, in their order."""
    lines = []
    for path in sorted(contents):
        known = {line.strip() for line in begun.get(path, b"").splitlines()}
        lines += [line for line in contents[path].splitlines() if line.strip() not in known]
    return b"\n".join(lines) + b"\n"


def tokens_of(text):
    """A C text's tokens, without comments; a name is like any other, and so is a number, and a text."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    tokens = []
    for word in re.findall(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[A-Za-z_]\w*|\.?\d[\w.]*|[^\s\w]', text):
        if word[0] in "\"'":
            tokens.append('"')
        elif word[0].isdigit() or word[0] == "." and len(word) > 1:
            tokens.append("0")
        else:
            tokens.append(word if word in KEYWORDS or not (word[0].isalpha() or word[0] == "_") else "name")
    return tokens


def runs_of(text):
    """All runs of RUN tokens."""
    tokens = tokens_of(text.decode(errors="replace"))
    return {tuple(tokens[start:start + RUN]) for start in range(len(tokens) - RUN + 1)}


def similar_pairs(texts):
    """(per cent, name, name of the one that has it) for {name: text}, each pair once, the most alike first."""
    runs = {name: runs_of(text) for name, text in texts.items()}
    pairs = []
    for one, other in itertools.combinations(sorted(texts), 2):
        if runs[one] and runs[other]:
            one, other = sorted((one, other), key=lambda name: len(runs[name]))
            share = 100 * len(runs[one] & runs[other]) // len(runs[one])
            if share >= SHOWN:
                pairs.append((share, one, other))
    return sorted(pairs, reverse=True)


def similar_report(lab, handins):
    """Prints which of the archives {name: path} are alike."""
    starter, solution = lab.variant("starter"), lab.variant("solution")
    begun = contents_of(lab, starter)
    texts = {SOLUTION: own_lines(contents_of(lab, solution), begun)}
    for name, path in handins.items():
        try:
            texts[name] = own_lines(Handin.read(path, lab).contents, begun)
        except HandinError as error:
            say(f"left out: {error}")
    pairs = similar_pairs(texts)
    for share, one, other in pairs:
        print(f"{share:>3} % of {one} is in {other}")
    print(f"{len(pairs)} pairs of {len(texts)} share {SHOWN} % or more")

"""Edits of C sources by function: what turns the solution, which main is, into a starter.

A *variant* is a text file of sections. Each begins with a line `//@ ...`:

    //@ replace FILE        C functions, with their comments, that take the place of those of the same name in FILE
    //@ create FILE         the whole of a new file
    //@ append FILE         text at the end of FILE
    //@ substitute FILE OLD => NEW
                            the text OLD, which is there once, becomes NEW; `\\n` is a new line
    //@ substitute FILE     the lines that follow, which are there once, become those behind the `//@ by`
    //@ by
    //@ call NAME, "what it does", KIND(argument), ...
                            a line at the end of the hypercall table, with the next free number
    //@ loses CHECK ...     of a wrong solution: the checks that it must lose, and no others; `all`: it need not build
    //@ may_lose CHECK ...  of a wrong solution: those that chance decides; `why` says what chance
    //@ from solution       of a wrong solution: it changes the lab's solution, not the tree
    //@ why TEXT            of a wrong solution: the mistake, in a line
    //@ lab NN              of an attack: the lab whose solution it goes on from, 01 without
    //@ ends HOW            of an attack: what becomes of the checks that it loses: `failed`, `timed out`, `not built`
    //@ apart               of an attack: it ends the host Linux, so that it is tried in one of its own

The layout of our sources makes the search short: a function's name stands in column 0, its return type on the line
before, and its body ends with a `}` in column 0. clang-format holds the tree to that.
"""

import os
import re

TABLE = "abi/hypercalls.h"


class SourceError(Exception):
    """A variant and the tree do not fit together; the text names file and function."""


class Variant:
    """A parsed variant file. `values` are put in the place of @NAME@."""

    def __init__(self, path, values=None):
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.replaces, self.creates, self.substitutes = [], [], []
        self.appends, self.calls, self.loses, self.may_lose, self.why = [], [], [], [], ""
        self.lab, self.ends, self.apart, self.base = "01", None, False, None
        with open(path) as file:
            text = substitute(file.read(), values or {}, path)
        lines_of = None  # the file of a `//@ substitute FILE` whose `//@ by` must be next, and its lines
        parts = re.split(r"^//@ *(\w+)(?: +(.*))?$", text, flags=re.M)
        for word, argument, body in zip(parts[1::3], parts[2::3], parts[3::3]):
            argument = (argument or "").strip()
            if (word == "by") != bool(lines_of):
                raise SourceError(f"{path}: `//@ {word}`: a `//@ by` follows the lines of a `//@ substitute FILE`")
            if word == "replace":
                self.replaces.append((argument, body))
            elif word == "create":
                self.creates.append((argument, body.lstrip("\n")))
            elif word == "append":
                self.appends.append((argument, body))
            elif word == "substitute":
                file_name, _, change = argument.partition(" ")
                old, _, new = change.partition(" => ")
                if change:
                    self.substitutes.append((file_name, old, new.replace("\\n", "\n")))
                else:
                    lines_of = (file_name, body)
            elif word == "by":
                self.substitutes.append((*lines_of, body))
                lines_of = None
            elif word == "call":
                self.calls.append(argument)
            elif word in ("loses", "may_lose"):
                getattr(self, word).extend(argument.split())
            elif word == "from":
                self.base = Variant(os.path.join(os.path.dirname(os.path.dirname(path)), f"{argument}.c"), values)
            elif word in ("why", "lab", "ends"):
                setattr(self, word, argument)
            elif word == "apart":
                self.apart = True
            else:
                raise SourceError(f"{path}: `//@ {word}` is not known")
        if lines_of:
            raise SourceError(f"{path}: `//@ substitute {lines_of[0]}` has no `//@ by`")

    def files(self):
        """The files of the tree that it changes."""
        changes = self.replaces + self.creates + self.appends + self.substitutes
        return {*(path for path, *_ in changes), *([TABLE] if self.calls else ()),
                *(self.base.files() if self.base else ())}

    def apply(self, tree):
        """Changes the files below the folder `tree`."""
        if self.base:
            self.base.apply(tree)
        for path, body in self.replaces:
            functions = functions_of(body)
            if not functions:
                raise SourceError(f"{self.path}: `//@ replace {path}` is followed by no function")
            edit(tree, path, self.path, lambda text: replace_functions(text, functions, path, self.path))
        for path, body in self.creates:
            target = os.path.join(tree, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w") as file:
                file.write(body)
        for path, body in self.appends:
            edit(tree, path, self.path, lambda text: text + body)
        for path, old, new in self.substitutes:
            edit(tree, path, self.path, lambda text: substitute_once(text, old, new, path, self.path))
        for call in self.calls:
            edit(tree, TABLE, self.path, lambda text: add_call(text, call))


def substitute(text, values, path):
    """Puts the term's values in the place of their names."""
    def value(match):
        if match[1] not in values:
            raise SourceError(f"{path}: @{match[1]}@ is no value of the term")
        return str(values[match[1]])
    return re.sub(r"@([A-Z][A-Z0-9_]*)@", value, text)


def edit(tree, path, by, change):
    target = os.path.join(tree, path)
    if not os.path.isfile(target):
        raise SourceError(f"{by}: {path}: no such file in the tree")
    with open(target) as file:
        changed = change(file.read())
    with open(target, "w") as file:
        file.write(changed)


class Function:
    """A function definition in a text: `start` to `end`, without its comment; `comment` is where that begins."""

    def __init__(self, text, name, comment, start, end):
        self.name, self.comment, self.start, self.end = name, comment, start, end
        self.text = text[start:end]
        self.whole = text[comment:end]
        self.signature = " ".join(self.text.partition("\n{")[0].split())


def functions_of(text):
    """The function definitions of a C text, by name."""
    found = {}
    for match in re.finditer(r"^(?P<type>[A-Za-z_][^\n;{}]*\n)(?P<name>[A-Za-z_]\w*)\([^;{}]*\)\n\{$(?:.|\n)*?^\}\n?",
                             text, re.M):
        start = match.start()
        before = text[:start]
        comment = re.search(r"/\*(?:(?!\*/)(?:.|\n))*\*/\n$", before)
        found[match["name"]] = Function(text, match["name"], comment.start() if comment else start, start, match.end())
    return found


def replace_functions(text, functions, path, by):
    """`text` with these functions in the place of those of the same name. A comment above the new one replaces the
    old one's; without, that stays."""
    for name, new in functions.items():
        old = functions_of(text).get(name)
        if old is None:
            raise SourceError(f"{by}: {path}: has no function {name}() any more")
        if old.signature != new.signature:
            raise SourceError(f"{by}: {path}: {name}() has another signature now:\n  tree:    {old.signature}\n"
                              f"  variant: {new.signature}")
        has_comment = new.comment != new.start
        begin = old.comment if has_comment else old.start
        text = text[:begin] + (new.whole if has_comment else new.text) + text[old.end:]
    return text


def substitute_once(text, old, new, path, by):
    if text.count(old) != 1:
        raise SourceError(f"{by}: {path}: has `{old.strip()}` {text.count(old)} times, not once")
    return text.replace(old, new)


def add_call(text, call):
    """The hypercall table with one line more, as a student would add it."""
    table = re.search(r"^#define DUET_HYPERCALLS\(CALL\)(?:[^\n]*\\\n)+[^\n]*", text, re.M)
    if not table:
        raise SourceError(f"{TABLE}: no table of hypercalls found")
    number = max(calls_of(table[0]).values()) + 1
    last = table.end()
    return f"{text[:last]} \\\n    CALL({number}, {call}){text[last:]}"


def calls_of(text):
    """The names and numbers of a hypercall table's lines."""
    return {name: int(number) for number, name in re.findall(r"^ {4}CALL\((\d+), (\w+),", text, re.M)}

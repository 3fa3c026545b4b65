#!/usr/bin/env python3
"""Reads abi/ as a person does, and says what is wrong with it before a compiler has to.

    abi/check.py FILE...

run where abi/ is; the files are those that may define a handler, hc_<name>(). A mistake is one line,
`FILE:LINE: what, and its cure`; then the status is 1. Nothing is made from what is read here: what this lets
pass, the compiler and the tests still look at.
"""

import glob
import difflib
import re
import sys

TABLE = "DUET_HYPERCALLS"
HEADER = "abi/hypercalls.h"
LIST = "abi/abi.list"
LAYOUTS = "abi/layout.h"
REGISTERS = {"NOTHING": 0, "WORD": 1, "READ": 2, "FILL": 2}
REGISTERS_MAX = 6
PARAMETERS = {"NOTHING": [], "WORD": ["uint64_t"], "READ": ["const void *", "uint64_t"], "FILL": ["void *", "uint64_t"]}
TAKEN = {"vcpu": "the handler's first parameter", "reg": "the guest's registers"}
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while""".split())


class Mistake(Exception):
    pass


def fail(path, line, text):
    raise Mistake(f"{path}:{line}: {text}")


def closest(word, words):
    near = difflib.get_close_matches(word.upper(), words, 1, 0.5)
    return f"did you mean {near[0]}?" if near else f"the kinds are {', '.join(words)}"


def kinds_read(text):
    """The rows DUET_KIND_<kind>(name, ...): how it travels, and how many words it has in the table."""
    rows = re.findall(r"^#define DUET_KIND_(\w+)(?:\(([^)]*)\))? +(\w+),", text, re.M)
    return {kind: (travels, len(words.split(",")) if words else 0) for kind, words, travels in rows}


def table_lines(path, text):
    """The table's text, its first line's number. A line that lacks its backslash is found here."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if re.match(rf"#define {TABLE}\b", line)), None)
    if start is None:
        fail(path, 1, f"there is no #define {TABLE}: put it back")
    end = start
    while lines[end].endswith("\\"):
        end += 1
    for at in range(start, end + 1):
        if re.search(r"\\[ \t]+$", lines[at]):
            fail(path, at + 1, "a blank behind the backslash: the backslash has to be the last of the line")
    behind = next((i for i in range(end + 1, len(lines)) if lines[i].strip()), len(lines) - 1)
    if re.match(r"\s*(CALL\b|\"|[A-Z]+\()", lines[behind]):
        fail(path, end + 1, "this line of the table lacks the backslash at its end: another one follows")
    return [line[:-1] if line.endswith("\\") else line for line in lines[start + 1:end + 1]], start + 2


def tokens(path, lines, first):
    """(token, line number): words, strings, and single characters."""
    for number, line in enumerate(lines, first):
        line = re.sub(r"/\*.*?\*/", " ", line)
        at = 0
        while at < len(line):
            match = re.compile(r'\s+|"(?:\\.|[^"\\])*"|\w+|.').match(line, at)
            at = match.end()
            if match[0] == '"':
                fail(path, number, "a text that is not closed: a \" is missing")
            if not match[0].isspace():
                yield match[0], number


def calls_read(path, lines, first):
    """A list a CALL: its line, and its parts between the commas, each a list of tokens."""
    calls, depth = [], 0
    for token, number in tokens(path, lines, first):
        if depth == 0:
            if token == "CALL":
                calls.append((number, [[]]))
            elif token == "(" and calls and calls[-1][1] == [[]]:
                depth = 1
            else:
                fail(path, number, f"`{token}` is not expected between the lines of the table: "
                                   "each is CALL(number, name, \"what it does\", argument...), with no comma behind it")
            continue
        if token == "CALL":
            fail(path, calls[-1][0], "this CALL( is not closed: a ) is missing before the next line")
        depth += (token == "(") - (token == ")")
        if token == "," and depth == 1:
            calls[-1][1].append([])
        elif depth:
            calls[-1][1][-1].append(token)
    if depth:
        fail(path, calls[-1][0], "this CALL( is not closed: a ) is missing")
    return calls


def argument_check(path, line, call, kinds, argument):
    """How an argument travels, and its name."""
    kind, brackets = argument[0], argument[1:]
    if kind not in kinds:
        fail(path, line, f"{call}: there is no kind of argument `{kind}`: {closest(kind, list(kinds))}")
    travels, want = kinds[kind]
    words, depth = [""] if brackets[1:-1] else [], 0
    for token in brackets:
        depth += (token == "(") - (token == ")")
        if depth == 0 and token != ")":
            fail(path, line, f"{call}: a comma is missing before `{token}`")
        if token == "," and depth == 1:
            words.append("")
        elif words and not (depth == 1 and token == "(" and not words[0]) and depth:
            words[-1] += token
    if len(words) != want or (bool(brackets) != bool(want)):
        form = {0: kind, 1: f"{kind}(name)", 2: f"{kind}(name, limit)"}[want]
        fail(path, line, f"{call}: `{''.join(argument)}` is to be {form}")
    name = words[0] if words else ""
    if words and (not re.fullmatch(r"[a-z_]\w*", name) or name in KEYWORDS):
        fail(path, line, f"{call}: `{name}` cannot be an argument's name: take another")
    if name in TAKEN:
        fail(path, line, f"{call}: the name `{name}` is {TAKEN[name]}: take another")
    return travels, name


def number_of(parts):
    text = "".join(parts[0])
    if not re.fullmatch(r"0|[1-9][0-9]*", text):
        return None
    return int(text)


def call_check(path, line, parts, kinds, seen, free):
    """(number, name, [how each argument travels])"""
    number = number_of(parts)
    if number is None:
        fail(path, line, f"`{''.join(parts[0])}` is no number: take {free}")
    name = "".join(parts[1]) if len(parts) > 1 else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        fail(path, line, f"`{name}` is no name for a hypercall: small letters, digits and _")
    call = f"CALL({number}, {name})"
    for other, other_name, other_line in seen:
        if number == other:
            fail(path, line, f"{call}: number {number} is taken, by {other_name} in line {other_line}: take {free}")
        if name == other_name:
            fail(path, line, f"{call}: the name {name} is taken, by number {other} in line {other_line}: take another")
    what = parts[2] if len(parts) > 2 else []
    if not what or not all(token.startswith('"') for token in what) or not re.search(r'[^"\s]', "".join(what)):
        if what and what[0].startswith('"') and len(what) > what.count('""'):
            fail(path, line, f"{call}: a comma is missing behind the description")
        fail(path, line, f"{call}: the description is missing: {call[:-1]}, \"what it does\", ...)")
    arguments = parts[3:]
    if not arguments or not all(arguments):
        fail(path, line, f"{call}: the arguments are missing: NONE if it takes none")
    arguments = [argument_check(path, line, call, kinds, argument) for argument in arguments]
    travels = [way for way, _ in arguments]
    if "NOTHING" in travels and len(travels) > 1:
        fail(path, line, f"{call}: NONE beside other arguments: it stands alone")
    if len({argument for _, argument in arguments}) < len(arguments):
        fail(path, line, f"{call}: two arguments have the same name")
    registers = sum(REGISTERS[way] for way in travels)
    if registers > REGISTERS_MAX:
        fail(path, line, f"{call}: its arguments take {registers} registers, and there are {REGISTERS_MAX}, a0 to a5; "
                         "a buffer takes two: put some of them into a struct in a buffer")
    return number, name, travels


def prototype(name, travels):
    return f"struct sbi_ret hc_{name}({', '.join(['struct vcpu *', *(t for way in travels for t in PARAMETERS[way])])})"


def type_of(parameter):
    """A parameter's type, without its name."""
    words = re.findall(r"\w+|\*", parameter)
    if len(words) > 1 and re.match(r"\w", words[-1]) and words[-2] != "struct":
        words.pop()
    return " ".join(words)


def handler_check(path, text, calls):
    """The definitions in a file against the table: a compiler says the same, and a page of macros behind it."""
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)
    for match in re.finditer(r"^((?:[\w* \t]+[\s*])?)hc_(\w+)\(([^)]*)\)\s*\{", plain, re.M):
        name, line = match[2], plain.count("\n", 0, match.start(2)) + 1
        if name not in calls:
            near = difflib.get_close_matches(name, calls, 1, 0.6)
            fail(path, line, f"hc_{name} handles no hypercall: add its line to the table in abi/hypercalls.h"
                             + (f", or did you mean hc_{near[0]}?" if near else ""))
        want = prototype(name, calls[name])
        returned = " ".join(match[1].split())
        is_types = [type_of(parameter) for parameter in match[3].split(",")]
        want_types = [type_of(parameter + " x") for parameter in re.search(r"\((.*)\)", want)[1].split(", ")]
        if returned != "struct sbi_ret":
            fail(path, line, f"hc_{name} returns `{returned}`: a handler is {want}, by its line in abi/hypercalls.h")
        if is_types != want_types:
            fail(path, line, f"hc_{name} takes ({', '.join(' '.join(p.split()) for p in match[3].split(','))}): "
                             f"by its line in abi/hypercalls.h it is {want}")


def layouts_check(path, text, layouts):
    """Each struct of a header, and each of its fields, is in a DUET_LAYOUT, and that in the list of all."""
    for match in re.finditer(r"^struct (\w+) \{\n(.*?)^\};", text, re.M | re.S):
        tag, line = match[1], text.count("\n", 0, match.start()) + 1
        body = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), match[2], flags=re.S)
        layout = re.search(rf"^#define (DUET_LAYOUT_\w+)\(STRUCT, FIELD\)[ \\\n]+STRUCT\({tag},", text, re.M)
        if not layout:
            fail(path, line, f"struct {tag} has no DUET_LAYOUT behind it: add one ({LAYOUTS})")
        if not re.search(rf"^DUET_LAYOUT_ASSERT\({layout[1]}\)", text, re.M):
            fail(path, line, f"nothing asserts {layout[1]}: add DUET_LAYOUT_ASSERT({layout[1]}) behind it")
        if layout[1] + "(" not in layouts:
            fail(path, line, f"{layout[1]} is not in DUET_LAYOUTS: add it there ({LAYOUTS})")
        for names in re.findall(r"([^;{}]*);", body):
            for name in names.split(","):
                field = re.search(r"(\w+)\s*(?:\[[^\]]*\])?\s*$", name)[1]
                if not re.search(rf"\bFIELD\({tag}, {field},", text):
                    fail(path, line, f"struct {tag}'s field {field} is not in {layout[1]}: add it there")


def main(*handlers):
    text = {}
    for path in [LIST, *glob.glob("abi/*.h"), *handlers]:
        with open(path) as file:
            text[path] = file.read()
    listed = {int(number): name for number, name in re.findall(r"^(\d+) (\S+)", text[LIST], re.M)}
    table = calls_read(HEADER, *table_lines(HEADER, text[HEADER]))
    used = {number_of(parts) for _, parts in table} | set(listed)
    free = next(number for number in range(len(used) + 1) if number not in used)
    kinds, seen, calls = kinds_read(text[HEADER]), [], {}
    for line, parts in table:
        number, name, travels = call_check(HEADER, line, parts, kinds, seen, free)
        seen.append((number, name, line))
        calls[name] = travels
        if number > free:
            fail(HEADER, line, f"CALL({number}, {name}): the numbers have a gap: take {free}")
        if listed.get(number, "").startswith("gone:"):
            fail(HEADER, line, f"CALL({number}, {name}): this was the number of {listed[number][5:]}, which was removed, "
                               f"and a number is never used again: take {free}")
    layouts = text[LAYOUTS].partition("#define DUET_LAYOUTS(")[2]
    for path in text:
        if path.endswith(".h") and path != "abi/guest.h":  # guest.h has the guest's side alone
            layouts_check(path, text[path], layouts)
        elif path.endswith(".c"):
            handler_check(path, text[path], calls)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Mistake as mistake:
        sys.exit(str(mistake))

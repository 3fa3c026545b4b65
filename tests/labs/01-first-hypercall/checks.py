"""Lab 01: a hypercall `scramble`, whose details differ from term to term."""

SBI_ERR_INVALID_PARAM, SBI_ERR_INVALID_ADDRESS = -3, -5
RAM_BASE = 0x8000_0000
CALLER = "guests/caller"
CALL = "scramble"
OUT = 32768  # where the result goes in the caller's buffer; the text is at 0


def vary(random):
    return {"OPERATION": random.choice("+^"), "KEY": random.randrange(1, 256),
            "REVERSE": 1 << random.randrange(1, 8)}


def scramble(lab, text, reverse=False):
    key = lab.term["KEY"]
    result = bytes((byte + key & 255) if lab.term["OPERATION"] == "+" else byte ^ key for byte in text)
    return result[::-1] if reverse else result


def table(lab):
    number = lab.call_number(CALL)
    run = yield lab.duet(CALLER, options=["--hypercalls"])
    rows = {line.split("`")[1]: line.split("|")[1].strip() for line in run.lines() if line.count("`") == 2}
    numbers = [int(row) for row in rows.values() if row.isdigit()]
    lab.expect(number, max(numbers, default=None), "the call's number: it is the last one in the table")
    lab.expect([row for row in rows if row.startswith("scramble(")], ["scramble(FLAGS flags, IN text, OUT result)"],
               "the call as `duet --hypercalls` has it")


def ask(lab, text, room, flags=0, fill=None):
    """The commands that scramble a text into `room` bytes, and show the result and the 64 bytes behind it."""
    fill = fill or b"\xa5" * (room + 64)
    commands = [f"set @0 {text.hex()}"] if text else []
    commands += [f"set @{OUT} {fill.hex()}",
                 f"call {lab.call_number(CALL)} {flags} @0 {len(text)} @{OUT} {room}",
                 f"get @{OUT} {room + 64}"]
    return commands


def expect_result(lab, lines, want, room, what):
    lab.expect(lines[0], f"0 {len(want)}", f"{what}: the error and the value")
    seen = bytes.fromhex(lines[1])
    lab.expect(seen[:len(want)].hex(), want.hex(), f"{what}: the result, in hexadecimal")
    behind = b"\xa5" * (room + 64 - len(want))
    lab.expect(seen[len(want):].hex(), behind.hex(), f"{what}: the bytes behind the result")


def try_texts(lab, reverse):
    flags = lab.term["REVERSE"] if reverse else 0
    texts = [lab.bytes(lab.random.randrange(1, 1000)) for _ in range(8)]
    commands = [command for text in texts for command in ask(lab, text, len(text) + 16, flags)]
    run = yield lab.duet(CALLER, stdin="\n".join(commands) + "\n")
    lab.expect(run.status, 0, "the exit status of the run")
    lines = run.lines()
    lab.expect(len(lines), 2 * len(texts), "the number of lines that the guest printed")
    for index, text in enumerate(texts):
        expect_result(lab, lines[2 * index:], scramble(lab, text, reverse), len(text) + 16,
                      f"a text of {len(text)} bytes")


def scrambles(lab):
    yield from try_texts(lab, False)


def reverses(lab):
    yield from try_texts(lab, True)


def edges(lab):
    text = lab.bytes(lab.random.randrange(100, 2000))
    run = yield lab.duet(CALLER, stdin="\n".join(ask(lab, b"", 16) + ask(lab, text, len(text))) + "\n")
    lines = run.lines()
    lab.expect(len(lines), 4, "the number of lines that the guest printed")
    expect_result(lab, lines, b"", 16, "an empty text")
    expect_result(lab, lines[2:], scramble(lab, text), len(text), "a buffer that is just large enough")


def output_length(lab):
    text = lab.bytes(lab.random.randrange(100, 2000))
    short = len(text) - lab.random.choice((1, 2, 50))
    run = yield lab.duet(CALLER, stdin="\n".join(ask(lab, text, short) + ask(lab, text, 0)) + "\n")
    lines = run.lines()
    lab.expect(len(lines), 4, "the number of lines that the guest printed")
    for room, (answer, seen) in ((short, lines[:2]), (0, lines[2:])):
        what = f"{len(text)} bytes of text, {room} of room"
        lab.expect(answer.split()[0], str(SBI_ERR_INVALID_PARAM), f"{what}: the error")
        lab.expect(seen, (b"\xa5" * (room + 64)).hex(), f"{what}: the memory of the result")


def refuses(lab):
    number, flag = lab.call_number(CALL), lab.term["REVERSE"]
    outside = RAM_BASE - 4096 * lab.random.randrange(1, 100)
    run = yield lab.duet(CALLER, stdin=f"call {number} {255 ^ flag} @0 8 @{OUT} 8\n"
                                       f"call {number} 0 {outside} 8 @{OUT} 8\n"
                                       f"call {number} 0 @0 8 {outside} 8\n")
    errors = [answer.split()[0] for answer in run.lines()]
    lab.expect(errors, [str(SBI_ERR_INVALID_PARAM), str(SBI_ERR_INVALID_ADDRESS), str(SBI_ERR_INVALID_ADDRESS)],
               "the errors for unknown flags, a text outside of RAM, a result outside of RAM")


def others(lab):
    lab.call_number(CALL)  # who has changed nothing has kept nothing
    changed = yield lab.duet(CALLER, options=["--hypercalls"])
    reference = yield lab.reference(CALLER, options=["--hypercalls"])
    lab.expect([line for line in changed.lines() if "`scramble(" not in line], reference.lines(),
               "the other lines of `duet --hypercalls`")
    word = lab.bytes(6).hex()
    run = yield lab.duet(CALLER, stdin=f"set @0 {word.encode().hex()}0a\ncall 3 @0 13\ncall 1\nend 7\n")
    lab.expect(run.out.decode(errors="replace"), f"{word}\n0 13\n0 0\n", "what console_write (3) and null (1) do")
    lab.expect(run.status, 7, "the exit status that power_off (2) gives")

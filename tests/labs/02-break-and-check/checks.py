"""Lab 02: a guest that reads duet's memory through a mistake in guest_mem_slice(), and the mends."""

RAM_BASE, RAM_SIZE = 0x8000_0000, 128 << 20
RAM_END = RAM_BASE + RAM_SIZE
CALLER, EXPLOIT = "guests/caller", "labs/02-break-and-check/exploit"
WRITE, ENTROPY, EVENTS, LOG = 3, 6, 7, 8  # console_write, entropy, event_select, guest_log
LEVELS = 4                # DUET_LOG_LEVELS
REFUSED = "-5 0"          # SBI_ERR_INVALID_ADDRESS
OK, BAD_VALUE = "0", "-3"  # SBI_ERR_INVALID_PARAM
PAGE = 4096


def exploit(lab):
    secret = lab.bytes(509).hex()  # odd: each run of the page's bytes is another one
    run = yield lab.duet(EXPLOIT, duet="vulnerable", environment={"LAB_SECRET": secret})
    page = (secret * 5)[:PAGE].encode()
    lab.expect(len(run.out), PAGE, "the number of bytes that your guest printed")
    lab.expect(run.out == page, True, "whether they are the page's")


def calls(lab, buffers):
    """What console_write and entropy return for buffers (address, length)."""
    commands = [f"call {call} {address} {length}" for address, length in buffers for call in (WRITE, ENTROPY)]
    return lab.duet(CALLER, stdin="\n".join(commands) + "\n")


def refused(lab, buffers):
    run = yield calls(lab, buffers)
    lab.expect(run.status, 0, "the exit status")
    answers = [line.rpartition("\n")[2] for line in run.lines()]
    lab.expect(len(answers), 2 * len(buffers), "the number of calls that came back")
    for (address, length), pair in zip(buffers, zip(answers[::2], answers[1::2])):
        lab.expect(pair, (REFUSED, REFUSED),
                   f"error and value of console_write and entropy at {address:#x}, {length} bytes")


def overflow(lab):
    top = 1 << 64
    lengths = [lab.random.randrange(1, RAM_SIZE) for _ in range(4)]
    buffers = [(top - length, length + extra) for length in lengths for extra in (0, RAM_BASE, RAM_BASE + 1)]
    buffers += [(RAM_BASE + offset, top - offset) for offset in (1, PAGE, lab.random.randrange(2, RAM_SIZE))]
    buffers += [(RAM_BASE + PAGE, top - PAGE), (RAM_BASE, top - 1), (RAM_END - 1, top - 1)]
    yield from refused(lab, buffers)


def outside(lab):
    below, above = lab.random.randrange(1, PAGE * 8), lab.random.randrange(1, PAGE * 8)
    yield from refused(lab, [(RAM_BASE - below, below), (RAM_BASE - below, below + 1), (RAM_BASE - 1, 1),
                             (RAM_END - above, above + 1), (RAM_END, 1), (RAM_END + above, 1), (0, 1), (0, RAM_END),
                             (RAM_BASE, RAM_SIZE + 1), (RAM_BASE - 1, RAM_SIZE + 1)])


def inside(lab):
    # entropy() fills the buffer: the caller's own code is at RAM_BASE + 2 MiB, which is left out.
    start = RAM_BASE + (16 << 20)
    buffers = [(start, 1), (RAM_END - 1, 1), (RAM_END - PAGE, PAGE), (RAM_BASE, 64),
               (start + lab.random.randrange(1 << 20), lab.random.randrange(1, 1 << 16))]
    commands = [f"call {ENTROPY} {address} {length}" for address, length in buffers]
    commands.append(f"call {LOG} 0 {RAM_BASE} {RAM_SIZE}")  # reads all of RAM; the text is cut
    run = yield lab.duet(CALLER, stdin="\n".join(commands) + "\n")
    places = ", ".join(f"{length} bytes at {address:#x}" for address, length in buffers)
    lab.expect(run.lines(), [*(f"0 {length}" for _, length in buffers), "0 0"],
               f"error and value of entropy for {places}; and of guest_log for the whole of RAM")


def kinds(lab):
    outside = (lab.random.randrange(RAM_BASE), RAM_END + lab.random.randrange(1, 1 << 60), (1 << 64) - 1)
    unknown = 1 << lab.random.randrange(40, 64)
    good = RAM_BASE + (16 << 20)
    cases = [(f"{call} {address} 0", OK, f"a buffer of 0 bytes at {address:#x}") for address in outside
             for call in (WRITE, ENTROPY, f"{LOG} 0")]
    cases += [(f"{EVENTS} {unknown}", BAD_VALUE, f"the flag {unknown:#x}, which is unknown"),
              (f"{EVENTS} 0", OK, "no flag"),
              (f"{LOG} {LEVELS} {good} 1", BAD_VALUE, f"the handle {LEVELS} of {LEVELS}"),
              (f"{LOG} {(1 << 64) - LEVELS} {good} 1", BAD_VALUE, "a handle near 2^64"),
              (f"{LOG} {LEVELS - 1} {good} 1", OK, "the last handle"),
              (f"{LOG} {LEVELS} {1 << 62} 1", BAD_VALUE, "a handle and a buffer that are both wrong, the handle first")]
    lab.random.shuffle(cases)
    run = yield lab.duet(CALLER, stdin="".join(f"call {call}\n" for call, _, _ in cases))
    lines = run.lines()
    for number, (call, answer, what) in enumerate(cases):
        lab.expect(lines[number].partition(" ")[0] if number < len(lines) else "no answer", answer,
                   f"the error of call {call.split()[0]} with {what}")
    lab.expect(run.status, 0, "the exit status")

"""Lab 02: a guest that reads duet's memory through a mistake in guest_mem_slice(), and the mend."""

RAM_BASE, RAM_SIZE = 0x8000_0000, 128 << 20
RAM_END = RAM_BASE + RAM_SIZE
CALLER, EXPLOIT = "guests/caller", "labs/02-break-and-check/exploit"
WRITE, ENTROPY, LOG = 3, 6, 8  # console_write, entropy, guest_log
REFUSED = "-5 0"  # SBI_ERR_INVALID_ADDRESS
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

"""Lab P1: a hypervisor on the bare machine. QEMU says which traps it saw: those of a guest have numbers of their own,
and addresses that follow from values which the grader puts into the guest's file before the run."""

import re
import struct

HV = "hv/hv"
GUESTS = "P1-hypervisor/guests/"
MASK = (1 << 64) - 1
RAM = 0x8000_0000
PAGE = 4096
SHORT = 6               # seconds of a processor: these guests are done after a few milliseconds
DIED, POWERED_OFF = 126, 0
# Privileged 1.12 §8.6.1
USER_ECALL, GUEST_ECALL, FETCH_FAULT, LOAD_FAULT, STORE_FAULT = 8, 10, 20, 21, 23
GUEST_TIMER = 6   # of interrupts

# guests/probe.h
REPORT_BASE, REPORT_SHIFT = 0x40_0000_0000, 6
PROBE_MAGIC = struct.pack("<4Q", *(0x5eed_5eed_5eed_0000 + n for n in range(4)))
PROBE_WORDS = 32

ERR_NOT_SUPPORTED, ERR_INVALID_PARAM, ERR_INVALID_ADDRESS, ERR_ALREADY_AVAILABLE = -2, -3, -5, -6
CONSOLE_WRITE, CONSOLE_READ, MEMORY_RELEASE, NULL = 3, 4, 12, 1   # abi/hypercalls.h
BASE, TIME, IPI, RFENCE, HSM, SRST = 0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x53525354   # abi/sbi.h


def image(lab, name, words):
    """A reference guest's file, with these words in it."""
    with open(lab.guest_path(GUESTS + name), "rb") as file:
        data = file.read()
    words = struct.pack(f"<{PROBE_WORDS}Q", *(word & MASK for word in words), *[0] * (PROBE_WORDS - len(words)))
    head, magic, tail = data.partition(PROBE_MAGIC)
    assert magic and PROBE_MAGIC not in tail, name
    return head + words + tail[len(words) - len(magic):]


def probe(lab, name, words, **more):
    return lab.bare(HV, image=image(lab, name, words), limit=SHORT, **more)


def number_next(state):
    """number_next() of guests/probe.h."""
    state ^= state << 13 & MASK
    state ^= state >> 7
    return state ^ state << 17 & MASK


def report_of(run):
    """What the guest has reported: (number, fault); None if nothing."""
    for trap in run.traps:
        if trap.cause == LOAD_FAULT and trap.tval >= REPORT_BASE and not trap.is_interrupt:
            number = trap.tval - REPORT_BASE
            return number >> REPORT_SHIFT, number % (1 << REPORT_SHIFT)
    return None


def expect_report(lab, run, number, faults):
    """The check fails if the guest reported something else. `faults` says what a fault means."""
    seen = report_of(run)
    if seen is None:
        last = run.traps[-1] if run.traps else None
        said = next((line for line in run.lines() if line.startswith("hv: ")), "nothing")
        lab.fail("the guest's report, by a load where nothing is", f"{number:#x}, and QEMU's log says so",
                 f"no such trap. On the console: {said}. " + (f"QEMU's last trap: cause {last.cause} at {last.epc:#x}, "
                 f"tval {last.tval:#x}" if last else "QEMU saw no trap"))
    if seen[1]:
        lab.fail("the guest's report", "no fault", faults(seen[1]))
    lab.expect(hex(seen[0]), hex(number), "the number that the guest has worked out")


def expect_lines(lab, run, expected, why=""):
    """The check fails at the first line that is another one."""
    seen = run.lines()
    for number, line in enumerate(expected):
        lab.expect(seen[number] if number < len(seen) else "the end", line,
                   f"line {number + 1} of what the guest prints{why}")
    lab.expect(seen[len(expected):], [], f"what the guest prints behind line {len(expected)}")


def enters(lab):
    seed, steps = lab.random.randrange(1, 1 << 64), lab.random.randrange(100, 1000)
    run = yield probe(lab, "enters", [seed, steps], traps=True)
    for _ in range(steps):
        seed = number_next(seed)
    wrong = {1: "a0 is not 0, the hart's number", 2: "a1 is not a multiple of 8", 4: "a1 leads to no device tree",
             8: "satp is not 0", 16: "interrupts are on in sstatus", 32: "sie is not 0"}
    expect_report(lab, run, seed & 0xffff_ffff,
                  lambda fault: ", ".join(text for bit, text in wrong.items() if fault & bit))


def returns(lab):
    words = [lab.random.getrandbits(64) for _ in range(32)]
    words[6] = RAM + (32 << 20) + lab.random.randrange(4096) * PAGE + lab.random.randrange(512) * 8
    words[10], words[16], words[17] = lab.random.choice((TIME, IPI, HSM)), 3, BASE   # sbi_probe_extension
    run = yield probe(lab, "returns", words, traps=True)
    after = [*words]
    after[7], after[10], after[11] = words[5], 0, 1
    total = 0
    for word in after[1:]:
        total = (total * 6364136223846793005 + word) & MASK
    expect_report(lab, run, total >> 32, lambda fault: f"x{fault} is wrong after an ecall, a store and a load")
    causes = {trap.cause for trap in run.traps if not trap.is_interrupt}
    lab.expect({GUEST_ECALL, STORE_FAULT} <= causes, True,
               "whether QEMU saw an ecall from VS-mode and a store guest-page fault")


def memory(lab):
    seed = lab.random.randrange(1 << 32, 1 << 63) | 1
    run = yield probe(lab, "memory", [seed], traps=True)
    state, total = seed, 0
    for _ in range(200):
        state = number_next(state)
        total = (total * 31 + (state ^ seed)) & MASK
    wrong = {1: "the device tree has no RAM, or less than 64 MiB", 2: "a page does not begin with zeroes",
             3: "a page has lost what was written to it"}
    expect_report(lab, run, total & 0xffff_ffff, wrong.get)


def outside(lab):
    offset = lab.random.randrange(1 << 10) * 4
    cases = [("behind the end of RAM", offset, 1, 0, LOAD_FAULT), ("behind the end of RAM", offset, 1, 1, STORE_FAULT),
             ("before RAM", RAM - 4 - offset, 0, 0, LOAD_FAULT),
             ("the host's test device", 0x10_0000, 0, 1, STORE_FAULT),
             ("the host's UART", 0x1000_0000, 0, 0, LOAD_FAULT), ("the host's PLIC", 0xc00_0000, 0, 2, FETCH_FAULT)]
    runs = yield [probe(lab, "outside", case[1:4], traps=True) for case in cases]
    for (what, address, relative, access, cause), run in zip(cases, runs):
        what = f"{('a load', 'a store', 'a fetch')[access]} {what}, {address:#x}"
        hit = [trap for trap in run.traps if trap.cause == cause and not trap.is_interrupt
               and (trap.tval == address if not relative else RAM + (64 << 20) < trap.tval < REPORT_BASE)]
        lab.expect(bool(hit), True, f"{what}: whether QEMU saw the guest-page fault")
        lab.expect(report_of(run), None, f"{what}: what the guest reports after it")
        lab.expect(run.status, DIED, f"{what}: the exit status")


def caller(lab, *lines):
    """A run of the guest that does what these lines say."""
    return lab.bare(HV, "guests/caller", stdin="\n".join(lines) + "\n", limit=SHORT)


def console(lab):
    status = lab.random.randrange(1, 126)
    text = lab.bytes(lab.random.randrange(100, 300)).hex()
    # In two pages that are beside each other for the guest, and not for the host: the second one is used first.
    page, first = lab.random.randrange(1, 8) * PAGE, lab.random.randrange(1, 600)
    at = page - first
    data = "".join(lab.random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(700)).encode()
    run = yield caller(lab, f"set @{page} {data[first:].hex()}", f"set @{at} {data[:first].hex()}",
                       f"call {CONSOLE_WRITE} @{at} {len(data)}", f"set @{at} {text}", f"get @{at} {len(text) // 2}",
                       f"call {CONSOLE_WRITE} @{at} 0", f"call {NULL}", f"end {status}")
    lab.expect(run.lines(), [f"{data.decode()}0 {len(data)}", text, "0 0", "0 0"],
               "a text from two pages, bytes from the console and back to it, and calls with nothing to do")
    lab.expect(run.status, status, "the exit status")


def buffers(lab):
    far = lab.random.randrange(1 << 20) * 16
    # memory_release would refuse these, too, but for another reason, for they are no whole pages.
    cases = [("begins before RAM", CONSOLE_WRITE, RAM - 16, 32), ("ends behind RAM", MEMORY_RELEASE, RAM, (1 << 40) + 8),
             ("is before RAM", CONSOLE_WRITE, RAM - 4096, 16), ("is the host's UART", CONSOLE_WRITE, 0x1000_0000, 1),
             ("is far behind RAM", CONSOLE_WRITE, (1 << 33) + far, 8), ("wraps around", MEMORY_RELEASE, MASK - 15, 32),
             ("wraps around into RAM", MEMORY_RELEASE, RAM + 16, MASK - 8),
             ("is as long as can be", MEMORY_RELEASE, RAM, MASK), ("is to be filled", CONSOLE_READ, RAM - 1, 2)]
    lab.random.shuffle(cases)
    run = yield caller(lab, *(f"call {call} {address:#x} {length:#x}" for _, call, address, length in cases),
                       f"call {CONSOLE_WRITE} 0x10 0", "end 7")
    seen = run.lines()
    lab.expect(len(seen), len(cases) + 1, "lines of answers")
    for (what, call, address, length), line in zip(cases, seen):
        lab.expect(line.split()[:1], [str(ERR_INVALID_ADDRESS)],
                   f"the error of call {call} for a buffer that {what}: {length:#x} bytes at {address:#x}")
    lab.expect(seen[-1], "0 0", "an empty buffer, anywhere")
    lab.expect(run.status, 7, "the exit status")


def firmware(lab):
    unknown = lab.random.randrange(1 << 24, 1 << 26)
    calls = [
        ("probe of the timer", (BASE, 3, TIME), "0 [1-9]"),
        ("probe of an extension that is not there", (BASE, 3, unknown), "0 0$"),
        ("version of SBI, 2.0", (BASE, 0), f"0 {2 << 24}$"),
        ("a function of base that is not there", (BASE, 99), f"{ERR_NOT_SUPPORTED} "),
        ("an extension that is not there", (unknown, 0), f"{ERR_NOT_SUPPORTED} "),
        ("IPI to hart 0", (IPI, 0, 1, 0), "0 0 soft$"),
        ("IPI to nobody", (IPI, 0, 0, 0), "0 0$"),
        ("IPI to all", (IPI, 0, 0, MASK), "0 0 soft$"),
        ("IPI to hart 1", (IPI, 0, 2, 0), f"{ERR_INVALID_PARAM} -?\\d+$"),
        ("remote fence.i", (RFENCE, 0, 1, 0), "0 0$"),
        ("remote fence of addresses", (RFENCE, 1, 1, 0), "0 0$"),
        ("status of hart 0", (HSM, 2, 0), "0 0$"),
        ("status of hart 1", (HSM, 2, 1), f"{ERR_INVALID_PARAM} "),
        ("start of hart 0", (HSM, 0, 0), f"{ERR_ALREADY_AVAILABLE} "),
        ("start of hart 1", (HSM, 0, 1), f"{ERR_INVALID_PARAM} "),
    ]
    lab.random.shuffle(calls)

    def lines(calls):
        return "".join(" ".join(f"{word:x}" for word in [*call, 0, 0, 0, 0][:5]) + "\n" for _, call, _ in calls)

    runs = yield [lab.bare(HV, GUESTS + "firmware", stdin=lines(calls) + f"{SRST:x} 0 0 {reason} 0\n", limit=SHORT)
                  for reason in (0, 1)]
    lab.expect(len(runs[0].lines()), len(calls), "lines of answers")
    for (what, _, pattern), line in zip(calls, runs[0].lines()):
        lab.expect_match(line, f"^{pattern}", f"error, value and interrupt after: {what}")
    lab.expect([run.status for run in runs], [POWERED_OFF, 1],
               "the exit status of a shutdown without a reason, and after a failure")


def release(lab):
    # caller's buffer begins a page; what it has are pages of its own beside each other.
    text, page = lab.bytes(16).hex(), lab.random.randrange(1, 6) * PAGE
    at = page + lab.random.randrange(16, 4000)
    run = yield caller(lab, *(f"set @{offset} {text}" for offset in (at, page + PAGE, page + 2 * PAGE, page - 16)),
                       f"call {MEMORY_RELEASE} @{page} {2 * PAGE}",
                       *(f"get @{offset} 16" for offset in (at, page + PAGE, page + 2 * PAGE, page - 16)),
                       f"set @{at} {text}", f"get @{at} 16", f"get @{page + PAGE} 16",
                       f"call {MEMORY_RELEASE} @{page + 8} {PAGE}", f"call {MEMORY_RELEASE} @{page} {PAGE - 8}",
                       f"call {MEMORY_RELEASE} @{page} 0", f"get @{at} 16", "end 0")
    zeroes = "00" * 16
    expect_lines(lab, run, [f"0 {2 * PAGE}", zeroes, zeroes, text, text, text, zeroes, f"{ERR_INVALID_PARAM} 0",
                             f"{ERR_INVALID_PARAM} 0", "0 0", text],
                 "; in the order of the calls and looks of release() in checks.py")


def timer(lab):
    ticks, count = lab.random.randrange(100_000, 200_000), lab.random.randrange(3, 10)
    run = yield probe(lab, "timer", [ticks, count], traps=True)
    expect_lines(lab, run, [f"{what}: right" for what in (
        "one that is far away is not pending", "one is pending when its time has come, and not before", "it stays pending",
        "a new one takes the old one away", "one in the past is pending", "never takes it away",
        f"{count} interrupts came in time")])
    lab.expect(run.status, POWERED_OFF, "the exit status")
    seen = sum(trap.is_interrupt and trap.cause == GUEST_TIMER for trap in run.traps)
    lab.expect(seen >= count, True, f"whether QEMU saw {count} timer interrupts of VS-mode, or more ({seen})")


def virtual(lab):
    # csrr t0, of registers that a hart without the extension does not have, or that it is not given; hfence and hlv.w.
    registers = lab.random.sample([0x600, 0x602, 0x603, 0x604, 0x606, 0x643, 0x645, 0x680, 0x200, 0x241, 0x280, 0xc00,
                                   0xc02], 6)
    words = [number << 20 | 2 << 12 | 5 << 7 | 0x73 for number in registers]
    words += [0x31 << 25 | 0x73, 0x34 << 25 | 4 << 12 | 5 << 7 | 0x73]
    lab.random.shuffle(words)
    with open(lab.guest_path(GUESTS + "virtual"), "rb") as file:
        data = file.read()
    head, magic, tail = data.partition(struct.pack("<8I", *(0x5eed_0000 + n for n in range(8))))
    assert magic
    run = yield lab.bare(HV, image=head + struct.pack("<8I", *words) + tail, limit=SHORT, traps=True)
    expect_lines(lab, run, [
        " ".join(["off", *(f"{n}:2S-" for n in range(8))]), " ".join(["on", *(f"{n}:2S+" for n in range(8))]),
        " ".join(["user", *(f"{n}:2U+" for n in range(8)), "10:8U+"])],
        "; a trap is instruction:cause, mode, and + if interrupts were on")


def events(lab):
    count, bits = lab.random.randrange(40, 90), lab.random.randrange(1, 32)
    text = bytes(lab.random.choice(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(count + 1))
    run = yield probe(lab, "events", [count, bits], stdin=text)
    turned = bytes(byte ^ bits for byte in text[:count])
    head, _, rest = run.out.partition(b"\n")
    lab.expect(head, b"before an event is chosen none is pending: right", "what the guest finds first")
    lab.expect(rest[:count + 1], turned + b"\n", "a byte for each interrupt, with bits turned")
    run.out = rest[count + 1:]
    expect_lines(lab, run, [f"{what}: right" for what in (
        "what was not chosen is told, and does not interrupt", "chosen again it interrupts", "a byte is read",
        "after the last byte it does not", "nothing is left")])


def toyos_text(lab):
    """Where the kernel's instructions are: [start, end)."""
    with open(lab.guest_path("toyos"), "rb") as file:
        data = file.read()
    offset, = struct.unpack_from("<Q", data, 32)
    start, length = struct.unpack_from("<16xQ8xQ", data, offset)
    return start, start + length


def prompt(lab):
    words = ["".join(lab.random.choice("abcdefgh") for _ in range(lab.random.randrange(3, 9))) for _ in range(5)]
    status = lab.random.randrange(1, 100)
    run = yield lab.bare(HV, "toyos", stdin=f"echo {' '.join(words)} >f; wc <f; hc\nexit {status}\n", traps=True)
    letters = len(" ".join(words)) + 1
    # The lines that were typed are echoed anywhere between: they came before toyos waited for them.
    lab.expect_match(run.out, "toyos\\$ ", "toyos's prompt")
    lab.expect_match(run.out, rf"1 5 {letters} $", f"what wc says of a file with the words {words}")
    lab.expect_match(run.out, "features: 0x[0-9a-f]*[13579bdf] events$", "what hc says of the hypervisor")
    lab.expect(run.status, status, "the exit status")
    start, end = toyos_text(lab)
    ecalls = sum(trap.cause == GUEST_ECALL and start <= trap.epc < end for trap in run.traps if not trap.is_interrupt)
    users = sum(trap.cause == USER_ECALL and trap.epc < 1 << 30 for trap in run.traps if not trap.is_interrupt)
    lab.expect((ecalls > 20, users > 20), (True, True),
               f"whether QEMU saw more than 20 ecalls of toyos's kernel ({ecalls}) and of its programs ({users})")


TESTS = ("bad_pointers string_without_end sbrk_bytes sbrk_pages_come_back_empty lazy_sparse lazy_unmap cow_keeps_apart "
         "cow_chain bad_access_kills text_is_read_only stack_has_guard malloc_and_free map_and_unmap map_shared "
         "exit_and_wait kill_zombie fork_and_fork exec_arguments random_bytes pipe_bytes pipe_holds thread_result "
         "thread_mutex futex_between_processes poll_pipe poll_timeout map_file_read map_file_shared time_passes").split()


def tests(lab):
    chosen, status = lab.random.sample(TESTS, 10), lab.random.randrange(1, 100)
    run = yield lab.bare(HV, "toyos", args=[f"run=systest && fptest && usertests {' '.join(chosen)} && exit {status}"])
    for name in ("systest: ok", "fptest: ok", *(f"ok {name}" for name in chosen), "usertests: 10 passed, 0 failed"):
        lab.expect_match(run.out, f"^{re.escape(name)}$", "a line of toyos's tests")
    lab.expect(run.status, status, "the exit status")

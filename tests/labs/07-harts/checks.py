"""Lab 07: calls of SBI about harts, as a duet of the grader's sees them, and the harts that programs run on."""

IPI, RFENCE, HSM = 0x735049, 0x52464E43, 0x48534D
START, FENCE_VMA = 0, 1
KSTACK_BASE = 0xffff_ffff_c000_0000   # toyos/kernel/layout.h
KERNEL, RAM_END = 0x8020_0000, 0x8800_0000
ALL = (1 << 64) - 1


class Call:
    """A line of the witness's. `who` is the hart that makes the call; of SBI's, `targets` are the harts that it names."""

    def __init__(self, line, harts):
        kind, who, *rest = line.split()
        self.is_null, self.who = kind == "null", int(who)
        if not self.is_null:
            self.extension, self.function, *self.arg = (int(word, 16) for word in rest)
            mask, first = self.arg[:2]
            self.targets = set(range(harts)) if first == ALL else {first + bit for bit in range(64) if mask >> bit & 1}


def run_on(lab, line, harts):
    run = lab.toyos(line, options=[f"--cpus={harts}"])
    run.duet = "witness"
    return run


def calls(lab, run, harts, done):
    """All calls, in their order. The program must have come to its end."""
    text = run.err.decode(errors="replace")
    lab.expect_match(run.out, done, f"what the program prints at its end; stderr: {text[-300:]}")
    return [Call(line, harts) for line in text.splitlines() if line.startswith(("sbi ", "null "))]


def of(seen, extension, function):
    return [call for call in seen if not call.is_null and (call.extension, call.function) == (extension, function)]


def starts(lab):
    harts = lab.random.randrange(2, 5)
    run = yield run_on(lab, f"harts spread {harts}", harts)
    return harts, calls(lab, run, harts, f"^{harts} threads$")


def start(lab):
    harts, seen = yield from starts(lab)
    started = of(seen, HSM, START)
    lab.expect(sorted(call.arg[0] for call in started), list(range(1, harts)), f"the harts that are started, of {harts}")
    programs = {call.who for call in seen if call.is_null}
    lab.expect(sorted(programs), list(range(harts)), f"the harts from which {harts} threads made a call, all at once")


def ready(lab):
    harts, seen = yield from starts(lab)
    stacks = set()
    for call in of(seen, HSM, START):
        hart, entry, _, _, stack, number = call.arg
        lab.expect(KERNEL <= entry < RAM_END, True, f"whether hart {hart} starts in RAM, at {entry:#x}")
        lab.expect((number, stack >= KSTACK_BASE), (hart, True),
                   f"the `id` in the struct of hart {hart} when it is started, and whether `stack_top`, {stack:#x}, is one")
        stacks.add(stack)
    lab.expect(len(stacks), harts - 1, "the number of stacks that the started harts have")


def between(lab, seen, count, before):
    """The calls of one hart between its null calls, in pairs: behind `before` null calls of others each time, or
    once. Gives (harts of the others, the hart, the calls)."""
    found, others, at = [], [], 0
    nulls = [number for number, call in enumerate(seen) if call.is_null]
    while len(found) < count and at + 2 <= len(nulls):
        if len(others) < before:
            others.append(seen[nulls[at]].who)
            at += 1
            continue
        first, last = nulls[at], nulls[at + 1]
        me = seen[first].who
        found.append((list(others), me, [call for call in seen[first:last] if call.who == me]))
        at += 2
        if before == 1:
            others = []
    lab.expect(len(found), count, "rounds that the program has made")
    return found


def fenced(lab):
    count = 3
    run = yield run_on(lab, f"harts fence {count}", 4)
    return between(lab, calls(lab, run, 4, "^over$"), count, 2)


def killed(lab):
    count, harts = 3, lab.random.randrange(2, 4)
    run = yield run_on(lab, f"harts kill {count}", harts)
    return between(lab, calls(lab, run, harts, "^over$"), count, 1)


def interrupts(lab):
    for (child,), parent, made in (yield from killed(lab)):
        lab.expect(child != parent, True, "whether parent and child are on two harts")
        lab.expect(any(child in call.targets for call in of(made, IPI, 0)), True,
                   f"whether hart {child} is interrupted, on which a child runs that hart {parent} kills")


def fences(lab):
    for (other, thread), me, made in (yield from fenced(lab)):
        lab.expect(len({other, thread, me}), 3, "the number of harts that two threads and another process are on")
        lab.expect(any(thread in call.targets for call in of(made, RFENCE, FENCE_VMA)), True,
                   f"whether hart {thread} fences, which runs a thread of the process that unmaps memory on hart {me}")


def only(lab):
    for (child,), parent, made in (yield from killed(lab)):
        ipis = of(made, IPI, 0)
        lab.expect(bool(ipis) and all(len(call.targets) == 1 for call in ipis), True,
                   f"whether interrupts go to one hart each; they went to {[sorted(call.targets) for call in ipis]}")
    for (other, thread), me, made in (yield from fenced(lab)):
        targets = set().union(*(call.targets for call in of(made, RFENCE, FENCE_VMA)))
        lab.expect(sorted(targets - {thread}), [], f"harts that have to fence for hart {me}, beside {thread}")
        lab.expect(bool(targets), True, "whether there was a fence")

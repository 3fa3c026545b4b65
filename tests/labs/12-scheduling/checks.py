"""Lab 12: toyos's scheduler. Who runs where and when is seen by a duet of the grader's, at null calls of programs."""

from collections import Counter
from itertools import groupby

MS = 1_000_000       # nanoseconds
SLICE = 10 * MS
LATE = 3 * MS        # by which a turn may be longer or shorter: a mark every 0.3 ms, a slice's slack, the host
LIMIT = 900_000_000  # instructions of a run


def vary(random):
    return {"TICKETS": random.randrange(6, 15), "FAVOURED": random.randrange(5, 8),
            "PATIENCE": random.randrange(55, 80), "LOTTERY": random.randrange(2)}


class Mark:
    """A null call of a process: on which hart, when, by which one, and its pid."""

    def __init__(self, line):
        _, hart, when, _, label = line.split()
        self.hart, self.when = int(hart), int(when)
        self.who, self.pid = int(label, 16) & 0xffff_ffff, int(label, 16) >> 32


def watched(lab, ms, *kinds, cpus=1):
    """The marks of a run of programs/turns.c, but for those of others."""
    run = lab.toyos(f"turns {ms} " + " ".join(kinds), options=["--cpus", str(cpus)], limit=LIMIT)
    run.duet = "recorder"
    run = yield run
    lab.expect(run.status, 0, "the exit status; output: " + (run.out + run.err).decode(errors="replace")[:300])
    lines = run.err.decode(errors="replace").splitlines()
    marks = sorted((Mark(line) for line in lines if line.startswith("mark ")), key=lambda mark: mark.when)
    marks = [mark for mark in marks if 0 < mark.who <= len(kinds)]
    missing = [number for number in range(1, len(kinds) + 1) if number not in {mark.who for mark in marks}]
    lab.expect(missing, [], f"which of the processes {', '.join(kinds)} have never run")
    return marks


def turns_of(marks):
    """[(who, first mark, last mark)] of the turns on one hart."""
    found = []
    for who, group in groupby(marks, lambda mark: mark.who):
        group = list(group)
        found.append((who, group[0].when, group[-1].when))
    return found


def slices_of(lab):
    """How many slices a turn may have. In a lottery two: a thread of the kernel's may come between, after which the
    same process is drawn."""
    return (1, 2) if lab.term["LOTTERY"] else (1,)


def expect_slices(lab, found, what):
    """Turns that others follow last for a slice each; the first ones and the last are no whole ones."""
    for (who, begin, _), (_, end, _) in zip(found, found[1:]):
        length = end - begin
        if all(abs(length - count * SLICE) > LATE for count in slices_of(lab)):
            lab.fail(f"{what}: how long process {who} has the hart", "10 ms", f"{length / MS:.1f} ms")


def turns(lab):
    count = lab.random.randrange(3, 6)
    ms = 35 * count * max(slices_of(lab))
    marks = yield from watched(lab, ms, *["busy"] * count)
    found = turns_of(marks)[1:-count]
    lab.expect(len(found) >= 2 * count, True,
               f"whether {count} processes have at least {2 * count} turns in {ms} ms")
    expect_slices(lab, found, f"{count} processes that compute")
    if lab.term["LOTTERY"]:  # then chance decides who comes next
        return
    for number in range(len(found) - count + 1):
        order = [who for who, *_ in found[number:number + count]]
        lab.expect(sorted(order), list(range(1, count + 1)), f"who has {count} turns one after the other")


def wakes(lab):
    step = lab.random.randrange(3, 6)
    sleepers = [f"once:{20 + step * number}" for number in range(14)]
    marks = yield from watched(lab, 120, "busy", "busy", *sleepers)
    busy = [turn for turn in turns_of(marks) if turn[0] <= 2]
    lab.expect(len(busy) >= 8, True, "whether two processes have at least 8 turns in 120 ms")
    for who, begin, end in busy[1:-2]:
        if end - begin > max(slices_of(lab)) * SLICE + LATE:
            lab.fail(f"how long process {who} has the hart, while one of 14 others wakes every {step} ms", "10 ms",
                     f"{(end - begin) / MS:.1f} ms")


def steals(lab):
    marks = yield from watched(lab, 60, "busy", "busy", cpus=2)
    harts = {who: Counter(mark.hart for mark in marks if mark.who == who) for who in (1, 2)}
    share = sum(mark.hart == 1 for mark in marks) / len(marks)
    if not 0.2 < share < 0.8:
        lab.fail("the share of hart 1 in the work of two processes at two harts", "about half", f"{share:.0%}")
    for who, where in harts.items():
        if max(where.values()) < 0.8 * sum(where.values()):
            lab.fail(f"how often process {who}, one of two that compute at two harts, ran on each", "on one of them",
                     dict(where))


def spreads(lab):
    count = 2 * lab.random.randrange(2, 4)
    marks = yield from watched(lab, 40 * count, *["busy"] * count, cpus=2)
    by_hart = Counter(mark.hart for mark in marks)
    share = by_hart[1] / len(marks)
    if not 0.3 < share < 0.7:
        lab.fail(f"the share of hart 1 in the work of {count} processes at two harts", "about half", f"{share:.0%}")
    if lab.term["LOTTERY"]:
        return
    work = Counter(mark.who for mark in marks)
    if max(work.values()) > 2 * min(work.values()):
        lab.fail(f"how far each of {count} processes comes", "about as far", dict(work))


def policy(lab):
    yield from lottery(lab) if lab.term["LOTTERY"] else feedback(lab)


def lottery(lab):
    """A process whose pid is a multiple of FAVOURED has TICKETS tickets, each other one 1."""
    favoured, tickets = lab.term["FAVOURED"], lab.term["TICKETS"]
    what = f"your term's policy is a lottery, in which a pid that is a multiple of {favoured} has {tickets} tickets"
    marks = yield from watched(lab, 90, *["yield"] * favoured)
    count, pids = Counter(mark.who for mark in marks), {mark.who: mark.pid for mark in marks}
    lucky, = (who for who, pid in pids.items() if pid % favoured == 0)
    rate = tickets / (tickets + favoured - 2)  # of its wins, when another one has had its turn
    expected = rate / (1 + rate)               # who has just had its turn is not in the draw
    share = count[lucky] / len(marks)
    if abs(share - expected) > 0.15 * expected:
        lab.fail(f"{what}: its share of {len(marks)} turns among {favoured} processes that yield", f"{expected:.0%}",
                 f"{share:.0%}")
    others = [number for who, number in count.items() if who != lucky]
    if max(others) > 2 * min(others):
        lab.fail(f"{what}: turns of those with one ticket", "about the same", sorted(others))
    gaps = {who: len({b - a for a, b in zip(places, places[1:])}) for who in count if who != lucky
            for places in [[place for place, mark in enumerate(marks) if mark.who == who]]}
    lab.expect(min(gaps.values()) >= 5, True, f"{what}: whether chance decides how long each waits for its turn")


def feedback(lab):
    """Two levels: who uses up a slice is below, who sleeps is above again; who waits below for PATIENCE ms, too."""
    patience = lab.term["PATIENCE"]
    what = f"your term's policy are feedback queues, with a patience of {patience} ms"
    marks = yield from watched(lab, 110, *["busy"] * 3, "rest:2")
    times = [mark.when for mark in marks if mark.who == 4]
    waits = [b - a for a, b in zip(times, times[1:]) if a > times[0] + 45 * MS]
    typical = sorted(waits)[len(waits) // 2] if waits else 110 * MS
    if typical > 2 * MS + SLICE + LATE:
        lab.fail(f"{what}: how long it usually takes a process that rests for 2 ms to run again, beside 3 that compute",
                 "12 ms at most", f"{typical / MS:.0f} ms")
    marks = yield from watched(lab, 220, "busy", "yield", "yield")
    times = [mark.when for mark in marks if mark.who == 1]
    wait = max((b - a for a, b in zip(times, times[1:])), default=220 * MS)
    if wait > (patience + 4) * MS:
        lab.fail(f"{what}: how long a process that computes waits, beside two that yield", f"{patience} ms at most",
                 f"{wait / MS:.0f} ms")
    if wait < (patience - 12) * MS:
        lab.fail(f"{what}: the longest time that a process that computes waits, beside two that yield",
                 f"about {patience} ms", f"{wait / MS:.0f} ms")

"""Lab 05: loads and stores of a reference guest, which says of each what became of it."""

MMIO = "05-mmio-device/guests/mmio"
SIZE, ID, ADD, SUM, COUNT = 0x20, 0x00, 0x08, 0x10, 0x18
WORD = 1 << 64
STORES = {1: "sb", 2: "sh", 4: "sw", 8: "sd"}
LOADS = {1: "lbu", 2: "lhu", 4: "lwu", 8: "ld"}  # KVM (6.12) does not extend the sign of what lb, lh and lw load
LOAD_FAULT, STORE_FAULT = 5, 7   # Privileged 1.12 §4.1.8


def vary(random):
    base = 0x1000_0000 + random.randrange(1, 1000) * 0x1000
    return {"BASE": f"{base:#x}", "ID": f"{random.randrange(1 << 31):#x}", "OPERATION": random.choice("+-")}


def base(lab, which=0):
    return int(lab.term["BASE"], 16) + which * SIZE


def signed(value, width=8):
    value %= 1 << 8 * width
    return value - (1 << 8 * width) if value >> 8 * width - 1 else value


class Adder:
    """What the device must do, and the accesses that show it: pairs (line for the guest, its answer)."""

    def __init__(self, lab, which):
        self.base, self.which = base(lab, which), which
        self.id, self.sign = int(lab.term["ID"], 16) + which, 1 if lab.term["OPERATION"] == "+" else -1
        self.total = self.count = 0

    def add(self, width, value, instruction=None):
        self.total = (self.total + self.sign * signed(value, width)) % WORD
        self.count += 1
        return f"{instruction or STORES[width]} {self.base + ADD:#x} {value:#x}", f"done {signed(value)}"

    def set(self, value):
        self.total, self.count = value, 0
        return f"sd {self.base + SUM:#x} {value:#x}", f"done {signed(value)}"

    def sum(self):
        return f"ld {self.base + SUM:#x} 0", f"done {signed(self.total)}"

    def part(self, offset, width, instruction=None):
        """Of the sum, `width` bytes from `offset` on."""
        value = self.total >> 8 * offset & (1 << 8 * width) - 1
        return f"{instruction or LOADS[width]} {self.base + SUM + offset:#x} 0", f"done {signed(value)}"

    def counted(self):
        return f"lw {self.base + COUNT:#x} 0", f"done {self.count}"

    def named(self):
        return f"lw {self.base + ID:#x} 0", f"done {self.id}"


def adders(lab):
    return [Adder(lab, which) for which in (0, 1)]


def make(lab, pairs, words=None):
    """Has the guest make the accesses. Its answers must be right, or so many words of them."""
    run = yield lab.duet(MMIO, stdin="".join(f"{line}\n" for line, _ in pairs))
    lines = run.lines()
    for number, (line, answer) in enumerate(pairs):
        seen = lines[number] if number < len(lines) else f"nothing; stderr: {run.err.decode(errors='replace')[:200]}"
        seen, answer = (text if words is None else " ".join(text.split()[:words]) for text in (seen, answer))
        lab.expect(seen, answer, f"`{line}`, adders at {base(lab):#x} and {base(lab, 1):#x}")


def serves(lab):
    both = adders(lab)
    pairs = [one.named() for one in both]
    for _ in range(20):
        one = lab.random.choice(both)
        pairs += [one.add(8, lab.random.randrange(1 << 62))]
        pairs += [one.sum() for one in both]
    pairs += [one.counted() for one in both]
    pairs += [both[1].set(lab.random.randrange(WORD)), both[1].sum(), both[1].counted(), both[0].sum()]
    yield from make(lab, pairs)


def signs(lab):
    one = adders(lab)[0]
    pairs = []
    for width in (1, 2, 4, 8):
        top = 1 << 8 * width - 1
        for value in (WORD - 1, WORD - top, top - 1, lab.random.randrange(top, 2 * top), lab.random.randrange(WORD)):
            pairs += [one.add(width, value), one.sum()]
    pairs += [one.add(4, lab.random.randrange(1 << 31, 1 << 32), "c.sw"), one.sum()]
    yield from make(lab, pairs)


def parts(lab):
    one = adders(lab)[1]
    pairs = []
    for _ in range(3):
        value = lab.random.randrange(WORD) | 0x8080_8080_8080_8080
        pairs.append(one.set(value))
        for width in (1, 2, 4, 8):
            for offset in range(0, 8, width):
                if (one.base + SUM + offset) % width == 0:
                    pairs.append(one.part(offset, width))
    pairs.append(one.part(0, 8, "c.ld"))
    yield from make(lab, pairs)


def fault(instruction, address, value=0):
    cause = STORE_FAULT if instruction.lstrip("c.")[0] == "s" else LOAD_FAULT
    return f"{instruction} {address:#x} {value:#x}", f"fault {cause} {address}"


def refused(lab):
    one = adders(lab)[0]
    pairs = [one.add(8, 5), one.add(1, 5)]
    wrong = [("lb", ID), ("lh", ID), ("ld", ID), ("sw", ID), ("ld", ADD), ("lw", ADD), ("lw", ADD - 4), ("sw", ADD - 4),
             ("sw", ADD + 4), ("sb", ADD + 1), ("sw", SUM), ("sb", SUM), ("sw", SUM + 4), ("lb", COUNT), ("lh", COUNT),
             ("sw", COUNT), ("ld", COUNT), ("sd", COUNT), ("lw", COUNT + 4), ("lb", COUNT + 2), ("lbu", ID + 3)]
    lab.random.shuffle(wrong)
    for instruction, offset in wrong:
        pairs.append(fault(instruction, one.base + offset, lab.random.randrange(1 << 31)))
    pairs += [one.sum(), one.counted(), one.named()]
    yield from make(lab, pairs, 2)


def outside(lab):
    one, two = adders(lab)
    above = one.base + 2 * SIZE
    places = [("ld", one.base - 8), ("sd", one.base - 8), ("lb", one.base - 1), ("sb", above), ("lw", above),
              ("ld", above), ("lw", one.base + SUM + (1 << 32)),
              ("sd", one.base + ADD + (1 << 32)), ("ld", lab.random.randrange(1 << 20, 1 << 25) * 8),
              ("sd", 0x4000_0000 + lab.random.randrange(1 << 20) * 8), ("ld", (1 << 40) + one.base + SUM)]
    pairs = [one.add(8, 7), two.add(8, 9)]
    pairs += [fault(instruction, address, 1) for instruction, address in places]
    pairs += [one.sum(), two.sum(), two.counted(), two.named()]
    yield from make(lab, pairs, 2)


def faults(lab):
    one = adders(lab)[0]
    pairs = [one.add(8, 7)]
    for instruction in ("lb", "ld", "sd", "c.ld", "c.sw", "lwu", "sb"):
        address = 0x3000_0000 + lab.random.randrange(1 << 20) * 8
        pairs.append(fault(instruction, address, lab.random.randrange(WORD)))
    pairs += [fault("lw", one.base + ADD, lab.random.randrange(1 << 31)), one.sum()]
    yield from make(lab, pairs)

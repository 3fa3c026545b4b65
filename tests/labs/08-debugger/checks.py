"""Lab 08: packets and breakpoints of the candidate's debugger, which a guest of the grader's has in it."""

DEBUGGER = "labs/08-debugger/guests/debugger"
RAM_BASE, RAM_SIZE, PAGE = 0x8000_0000, 4 * 4096, 4096
PACKET_MAX = 4096                                   # vmm/debug/gdb_packet.h
EBREAK = {2: bytes.fromhex("0290"), 4: bytes.fromhex("73001000")}
CONTEXT = 32                                        # vmm/debug/breakpoint.h
SPECIAL = b"#$}*"


class Session:
    """Commands for the guest, and what it must answer to each."""

    def __init__(self):
        self.commands, self.answers = [], []

    def do(self, command, *answers):
        self.commands.append(command)
        self.answers += [(command, str(answer)) for answer in answers]

    def run(self, lab):
        run = yield lab.reference(DEBUGGER, stdin="".join(f"{command}\n" for command in self.commands))
        lines = run.lines()
        for number, (command, answer) in enumerate(self.answers):
            seen = lines[number] if number < len(lines) else "nothing"
            lab.expect(seen, answer, f"answer {number} of the guest, to `{command[:200]}`")


def escaped(contents):
    return b"".join(b"}" + bytes([byte ^ 0x20]) if byte in SPECIAL else bytes([byte]) for byte in contents)


def packet(contents, add=0):
    """As it goes over the line; `add` makes the checksum wrong."""
    body = escaped(contents)
    return b"$" + body + b"#%02x" % ((sum(body) + add) & 255)


def contents_of(lab, length):
    """With all kinds of bytes in it."""
    data = bytearray(lab.bytes(length))
    for byte in (*SPECIAL, 3, 0):
        data[lab.random.randrange(length)] = byte
    return bytes(data)


def packets(lab):
    session = Session()
    for _ in range(6):
        data = contents_of(lab, lab.random.randrange(20, 200))
        between = lab.random.choice((b"", b"+", b"++", b"abc"))
        session.do(f"receive {(between + packet(data)).hex()}", f"packet {data.hex()}", "received")
    data = contents_of(lab, 30)
    upper = packet(data)[:-2] + packet(data)[-2:].upper()
    session.do(f"receive {upper.hex()}", f"packet {data.hex()}", "received")
    session.do(f"receive {b'-'.hex()}03", "again", "interrupt", "received")
    many = [contents_of(lab, 20) for _ in range(3)]
    session.do(f"receive {b'+'.join(packet(one) for one in many).hex()}",
               *(f"packet {one.hex()}" for one in many), "received")
    yield from session.run(lab)


def damaged(lab):
    session = Session()
    for add in (1, 128, lab.random.randrange(1, 256)):
        data, good = contents_of(lab, 40), contents_of(lab, 40)
        session.do(f"receive {(packet(data, add) + packet(good)).hex()}", "damaged", f"packet {good.hex()}", "received")
    session.do(f"receive {b'$m0#x1'.hex()}", "damaged", "received")
    session.do(f"receive {b'$m0,4$g#67'.hex()}", f"packet {b'g'.hex()}", "received")
    for length in (PACKET_MAX + 1, PACKET_MAX):
        data = bytes(lab.random.choice(b"0123456789abcdef") for _ in range(length))
        half = len(data) // 2
        whole = packet(data)
        session.do(f"receive {whole[:half].hex()}", "received")
        answers = ["damaged"] if length > PACKET_MAX else []
        rest = whole[half:]
        if answers:
            session.do(f"receive {rest.hex()}", *answers, "received")
    good = contents_of(lab, 20)
    session.do(f"receive {packet(good).hex()}", f"packet {good.hex()}", "received")
    yield from session.run(lab)


def frames(lab):
    session = Session()
    for _ in range(6):
        data = contents_of(lab, lab.random.randrange(20, 300))
        session.do(f"frame {data.hex()}", packet(data).hex(), "framed")
    session.do("frame", packet(b"").hex(), "framed")
    yield from session.run(lab)


class Memory(Session):
    """RAM, and what must be in it."""

    def __init__(self, lab, width):
        super().__init__()
        self.lab, self.width, self.ram = lab, width, bytearray(RAM_SIZE)
        self.do(f"begin {width}")

    def code(self, gpa, data):
        self.ram[gpa - RAM_BASE:gpa - RAM_BASE + len(data)] = data
        self.do(f"code {gpa:#x} {data.hex()}")

    def random_code(self, gpa, length):
        self.code(gpa, bytes(byte | 1 for byte in self.lab.bytes(length)))  # no EBREAK by chance

    def move(self, start, to, length):
        data = self.ram[start - RAM_BASE:start - RAM_BASE + length]
        self.ram[to - RAM_BASE:to - RAM_BASE + length] = data
        self.do(f"move {start:#x} {to:#x} {length}")

    def has(self, gpa, data):
        """What the candidate must have put there."""
        self.ram[gpa - RAM_BASE:gpa - RAM_BASE + len(data)] = data

    def at(self, gpa, length=None):
        return bytes(self.ram[gpa - RAM_BASE:gpa - RAM_BASE + (length or self.width)])

    def show(self, gpa, length):
        self.do(f"show {gpa:#x} {length}", self.at(gpa, length).hex())

    def place(self, page=None):
        """An address at which an instruction can be, with code around it."""
        page = self.lab.random.randrange(4) if page is None else page
        return RAM_BASE + page * PAGE + self.lab.random.randrange(64, PAGE - 64) // 4 * 4 + (self.width == 2) * 2


def widths(lab, work):
    """The same with both kinds of EBREAK, in one run each."""
    sessions = []
    for width in (2, 4):
        sessions.append(Memory(lab, width))
        work(lab, sessions[-1])
    for session in sessions:
        yield from session.run(lab)


def plants_in(lab, memory):
    ebreak, gva = EBREAK[memory.width], 0x4000_0000
    for page in range(4):
        for part in range(2):
            memory.random_code(RAM_BASE + page * PAGE + part * 2048, 2048)
    places = [memory.place(page) for page in range(4)] + [RAM_BASE, RAM_BASE + RAM_SIZE - memory.width]
    before = {place: memory.at(place) for place in places}
    for place in places:
        memory.do(f"plant {gva + place:#x} {place:#x} 0", 1)
        memory.has(place, ebreak)
        memory.show(place - 8 if place > RAM_BASE else place, 8 + memory.width)
        memory.do(f"planted {place:#x}", 1)
    for place in places[:2]:  # once more: what was there first is to come back
        memory.do(f"plant {gva + place:#x} {place:#x} 1", 1)
    for outside in (RAM_BASE - memory.width, RAM_BASE + RAM_SIZE, places[0] + 1, 1 << 40):
        memory.do(f"plant {gva:#x} {outside:#x} 0", 0)
    memory.do(f"planted {places[0] + 4:#x}", 0)
    memory.do("unplant")
    for place in places:
        memory.has(place, before[place])
        memory.show(place - 8 if place > RAM_BASE else place, 8 + memory.width)
        memory.do(f"planted {place:#x}", 0)
    memory.do("unplant")
    memory.show(places[0] - 16, 40)


def plants(lab):
    yield from widths(lab, plants_in)


def reused_in(lab, memory):
    ebreak = EBREAK[memory.width]
    places = [memory.place(page) for page in range(3)]
    gvas = [0x1000 * page + place % PAGE for page, place in enumerate(places)]
    for place, gva in zip(places, gvas):
        memory.random_code(place - 64, 128)
        memory.do(f"set {gva:#x}", 1)
        memory.do(f"plant {gva:#x} {place:#x} 0", 1)
    originals = [memory.at(place) for place in places]
    for place in places:
        memory.has(place, ebreak)
    # While they are planted the guest writes over one of them.
    memory.random_code(places[0] - 32, 64)
    memory.do("unplant")
    for place, original in zip(places[1:], originals[1:]):
        memory.has(place, original)
    for place in places:
        memory.show(place - 32, 64)
    # While they are not, it changes the code beside another one, and nothing at the third.
    memory.random_code(places[1] // CONTEXT * CONTEXT, CONTEXT)
    memory.do("replant")
    for place in places:
        memory.do(f"planted {place:#x}", int(place == places[2]))
    memory.has(places[2], ebreak)
    for place in places:
        memory.show(place - 32, 64)
    memory.do("unplant")
    memory.has(places[2], originals[2])
    memory.show(places[2] - 32, 64)
    # One that is not set any more is not planted again.
    memory.do(f"clear {gvas[2]:#x}", 1)
    memory.do("replant")
    memory.show(places[2] - 32, 64)


def reused(lab):
    yield from widths(lab, reused_in)


def copies_in(lab, memory):
    ebreak = EBREAK[memory.width]
    place, other = memory.place(0), memory.place(3)
    gva = 0x7000 + place % PAGE
    copy = place + PAGE
    memory.random_code(place - 64, 128)
    original = memory.at(place)
    memory.do(f"set {gva:#x}", 1)
    memory.do(f"plant {gva:#x} {place:#x} 0", 1)
    memory.has(place, ebreak)
    memory.move(place - 64, copy - 64, 128)
    memory.do(f"copy {gva + 0x1000:#x} {copy:#x} 1", 0)   # nothing was planted for that address
    memory.code(other, ebreak)
    memory.do(f"copy {gva:#x} {other - 8:#x} 1", 0)       # and there is no EBREAK here
    memory.do(f"copy {gva:#x} {copy:#x} 1", 1)
    memory.do(f"planted {copy:#x}", 1)
    memory.show(copy - 64, 128)
    memory.do("unplant")
    for at in (place, copy):
        memory.has(at, original)
        memory.show(at - 64, 128)
    # A copy that is hit when the breakpoint is gone, and not to be kept.
    memory.do(f"clear {gva:#x}", 1)
    late = place + 2 * PAGE
    memory.code(late - 8, memory.at(copy - 8, 8) + ebreak)
    memory.do(f"copy {gva:#x} {late:#x} 0", 1)
    memory.has(late, original)
    memory.show(late - 8, 16)
    memory.do(f"planted {late:#x}", 0)
    # The guest's own EBREAK, and its copy.
    own = 0x9000 + other % PAGE
    memory.do(f"plant {own:#x} {other:#x} 0", 1)
    memory.code(other - 32, ebreak)
    memory.do(f"copy {own:#x} {other - 32:#x} 1", 0)
    memory.do("unplant")
    memory.show(other - 32, 40)


def copies(lab):
    yield from widths(lab, copies_in)

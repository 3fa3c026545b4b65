"""Lab P3: virtio's device side. The grader is the driver: it lays out queue, descriptors and buffers in the RAM of a
guest that only stores, loads and waits."""

import struct

GUEST = "P3-virtio-disk/guests/driver"
SECTOR, DISK_SECTORS = 512, 512

# Registers of the first slot (VIRTIO 1.2 §4.2.2), and their bits
BASE = 0x1000_1000
DRIVER_FEATURES, DRIVER_FEATURES_SEL, QUEUE_SEL, QUEUE_NUM, QUEUE_READY = 0x20, 0x24, 0x30, 0x38, 0x44
NOTIFY, INTERRUPT, ACKNOWLEDGE, STATUS = 0x50, 0x60, 0x64, 0x70
QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE = 0x80, 0x90, 0xa0
NEEDS_RESET, USED_BUFFER = 0x40, 1
F_RO, F_FLUSH, F_INDIRECT, F_EVENT_IDX, F_VERSION_1 = 1 << 5, 1 << 9, 1 << 28, 1 << 29, 1 << 32
NEXT, WRITE, INDIRECT = 1, 2, 4
NO_INTERRUPT = 1
# Requests (§5.2.6)
IN, OUT, FLUSH, GET_ID = 0, 1, 4, 8
OK, IO_ERROR, UNSUPPORTED = 0, 1, 2

# Where the grader puts things in the guest's RAM
RAM, RAM_END = 0x8000_0000, 0x8800_0000
TABLE, AVAILABLE, USED = 0x8100_0000, 0x8101_0000, 0x8102_0000
HEADERS, STATUSES, TABLES, DATA = 0x8103_0000, 0x8104_0000, 0x8105_0000, 0x8110_0000


class Driver:
    """Lines for the guest's console, and what they must print."""

    def __init__(self, lab, size=16):
        self.lab, self.size, self.lines, self.expected = lab, size, [], []
        self.index = self.used = 0

    def do(self, *words):
        self.lines.append(" ".join(hex(word) if isinstance(word, int) else word for word in words))

    def store(self, register, value):
        self.do("store", BASE + register, value & 0xffff_ffff)

    def set(self, address, data):
        for at in range(0, len(data), 2048):
            self.do("set", address + at, data[at:at + 2048].hex())

    def expect(self, line, what, *words):
        """The command prints this line."""
        self.do(*words)
        self.expected.append((str(line), what))

    def expect_bytes(self, data, what, address):
        self.expect(data.hex(), what, "get", address, len(data))

    def start(self, features=0, size=None, table=TABLE, available=AVAILABLE, used=USED, ready=1, what="a good queue"):
        """Resets the device, and offers it a queue; `ready` is what it must make of that."""
        self.size = self.size if size is None else size
        self.store(STATUS, 0)
        self.store(STATUS, 3)
        for half in range(2):
            self.store(DRIVER_FEATURES_SEL, half)
            self.store(DRIVER_FEATURES, (features | F_VERSION_1) >> 32 * half)
        self.store(STATUS, 11)
        self.store(QUEUE_SEL, 0)
        self.store(QUEUE_NUM, self.size)
        for register, address in ((QUEUE_DESC, table), (QUEUE_DRIVER, available), (QUEUE_DEVICE, used)):
            self.store(register, address)
            self.store(register + 4, address >> 32)
        if ready:
            self.set(AVAILABLE, bytes(6 + 2 * self.size))
            self.set(USED, bytes(6 + 8 * self.size))
        self.index = self.used = 0
        self.store(QUEUE_READY, 1)
        self.store(STATUS, 15)
        self.expect(ready, f"QueueReady for {what}", "load", BASE + QUEUE_READY, 1)

    def descriptors(self, at, chain, table=TABLE):
        """Writes a chain of (address, length, flags) into a table, from entry `at` on."""
        for number, (address, length, flags) in enumerate(chain):
            flags |= NEXT if number < len(chain) - 1 else 0
            self.set(table + 16 * (at + number), struct.pack("<QIHH", address, length, flags, at + number + 1))

    def put(self, *heads):
        for head in heads:
            self.set(AVAILABLE + 4 + 2 * (self.index % self.size), struct.pack("<H", head))
            self.index = self.index + 1 & 0xffff
        self.do("index", AVAILABLE + 2, self.index)

    def wait(self, count=1):
        self.store(NOTIFY, 0)
        self.used = self.used + count & 0xffff
        self.do("until", USED + 2, self.used)

    def header(self, number, kind, sector):
        """Of request `number`, whose status is none yet: its address."""
        self.set(HEADERS + 16 * number, struct.pack("<IIQ", kind, 0, sector))
        self.set(STATUSES + number, b"\xff")
        return HEADERS + 16 * number

    def request(self, number, kind, sector, parts):
        """A chain of request `number`: the header, these (address, length), the status."""
        flags = WRITE if kind in (IN, GET_ID) else 0
        return [(self.header(number, kind, sector), 16, 0), *((address, length, flags) for address, length in parts),
                (STATUSES + number, 1, WRITE)]

    def served(self, number, status, what):
        self.expect_bytes(bytes([status]), f"the status of {what}", STATUSES + number)

    def run(self, options=(), disk=None, then=None, **more):
        disk = bytes(DISK_SECTORS * SECTOR) if disk is None else disk
        return self.lab.duet(GUEST, stdin="\n".join([*self.lines, "end 0"]) + "\n", files={"disk": disk}, copies=["disk"],
                             options=["--board", *(options or ["--disk=disk"])], then=then, **more)

    def judge(self, run):
        lines = run.lines()
        for number, (expected, what) in enumerate(self.expected):
            seen = lines[number] if number < len(lines) else f"the end; {run.err.decode(errors='replace')[-300:]}"
            self.lab.expect(seen, expected, what)
        self.lab.expect(run.status, 0, "the exit status")


def sectors(lab, count):
    """Bytes of a disk, with a random sector for each number."""
    return lab.bytes(count * SECTOR)


def set_up(lab):
    driver = Driver(lab)
    good = lab.random.choice((1, 2, 8, 64))
    bad = [({"size": size}, f"{size} entries") for size in (0, 3, 12, 256, 1 << 15, 0x8000_0001)]
    bad += [({"table": TABLE + 8}, "descriptors that are not aligned"), ({"used": USED + 2}, "a used ring that is not"),
            ({"available": AVAILABLE + 1}, "an available ring that is not"),
            ({"table": 0x1000}, "descriptors outside of RAM"), ({"table": RAM_END - 16}, "descriptors that leave RAM"),
            ({"available": RAM_END - 4}, "an available ring that leaves RAM"), ({"used": RAM - 4}, "a used ring before RAM"),
            ({"available": (1 << 64) - 2}, "an available ring that wraps around")]
    lab.random.shuffle(bad)
    driver.start(size=good, what=f"{good} entries")
    for change, what in bad:
        driver.start(**{"size": 8, "ready": 0, "what": what, **change})
    driver.start(size=128, used=RAM_END - 6 - 8 * 128 & -4, what="a used ring that ends with RAM")
    driver.judge((yield driver.run()))


def reads(lab):
    driver, disk, count = Driver(lab), sectors(lab, DISK_SECTORS), lab.random.randrange(1, 6)
    sector, head = lab.random.randrange(DISK_SECTORS - count), lab.random.randrange(8)
    driver.start()
    driver.descriptors(head, driver.request(0, IN, sector, [(DATA, count * SECTOR)]))
    driver.put(head)
    driver.wait()
    driver.served(0, OK, f"a request to read {count} sectors")
    driver.expect_bytes(disk[sector * SECTOR:][:count * SECTOR], f"{count} sectors from {sector} on", DATA)
    driver.expect_bytes(struct.pack("<II", head, count * SECTOR + 1), "id and length in the used ring", USED + 4)
    driver.descriptors(0, driver.request(1, GET_ID, 0, [(DATA, 20)]))
    driver.put(0)
    driver.wait()
    driver.served(1, OK, "a request for the disk's name")
    driver.expect_bytes(b"disk 0".ljust(20, b"\0"), "its name", DATA)
    driver.judge((yield driver.run(disk=disk)))


def writes(lab):
    driver, count = Driver(lab), lab.random.randrange(1, 4)
    sector, data = lab.random.randrange(1, 64), sectors(lab, count)
    driver.start(F_FLUSH)
    driver.set(DATA, data)
    driver.descriptors(0, driver.request(0, OUT, sector, [(DATA, len(data))]))
    driver.put(0)
    driver.wait()
    driver.served(0, OK, "a request to write")
    driver.descriptors(4, driver.request(1, FLUSH, 0, []))
    driver.put(4)
    driver.wait()
    driver.served(1, OK, "a flush")
    run = yield driver.run(then=f"head -c {(sector + count + 1) * SECTOR} disk")
    size = (sector + count + 1) * SECTOR
    run.out, written = run.out[:-size], run.out[-size:]
    lab.expect(written, bytes(sector * SECTOR) + data + bytes(SECTOR), f"the disk, {count} sectors from {sector} on written")
    driver.judge(run)


def several(lab):
    driver, disk = Driver(lab, size=8), sectors(lab, DISK_SECTORS)
    driver.start()
    for turn in range(5):
        chosen = [lab.random.randrange(DISK_SECTORS) for _ in range(2)]
        for number, sector in enumerate(chosen):
            driver.descriptors(4 * number, driver.request(number, IN, sector, [(DATA + SECTOR * number, SECTOR)]))
        heads = [0, 4]
        lab.random.shuffle(heads)
        driver.put(*heads)
        driver.wait(2)
        for number, sector in enumerate(chosen):
            driver.served(number, OK, f"request {2 * turn + number}, to read sector {sector}")
            driver.expect_bytes(disk[sector * SECTOR:][:SECTOR], f"sector {sector}", DATA + SECTOR * number)
    driver.judge((yield driver.run(disk=disk)))


def scattered(lab):
    driver, disk = Driver(lab, size=32), sectors(lab, DISK_SECTORS)
    sector, cut, first = lab.random.randrange(DISK_SECTORS - 4), lab.random.randrange(1, 16), lab.random.randrange(1, 500)
    driver.start()
    header = driver.header(0, IN, sector)
    # The header in two buffers; data in three, the last of which ends with the status.
    driver.set(DATA, bytes(8192))
    driver.descriptors(0, [(header, cut, 0), (header + cut, 16 - cut, 0), (DATA, first, WRITE),
                           (DATA + 1000, SECTOR - first, WRITE), (DATA + 2000, SECTOR + 1, WRITE)])
    driver.put(0)
    driver.wait()
    driver.expect_bytes(disk[sector * SECTOR:][:first], f"the first {first} bytes of sector {sector}", DATA)
    driver.expect_bytes(disk[sector * SECTOR + first:][:SECTOR - first], "the rest of it", DATA + 1000)
    driver.expect_bytes(disk[(sector + 1) * SECTOR:][:SECTOR] + b"\0", "the next sector, and the status behind it", DATA + 2000)
    # Header and data in one buffer.
    data = sectors(lab, 1)
    driver.set(DATA, struct.pack("<IIQ", OUT, 0, sector) + data)
    driver.set(STATUSES, b"\xff")
    driver.descriptors(8, [(DATA, 16 + SECTOR, 0), (STATUSES, 1, WRITE)])
    driver.put(8)
    driver.wait()
    driver.served(0, OK, "a request to write, header and data in one buffer")
    driver.descriptors(16, driver.request(1, IN, sector, [(DATA + 4096, SECTOR)]))
    driver.put(16)
    driver.wait()
    driver.expect_bytes(data, "what was written so", DATA + 4096)
    # Data that take the place of the request's own header, or descriptors: the device has to know what they were.
    for number, (to, what) in enumerate(((HEADERS, "header"), (TABLE, "descriptors")), 2):
        driver.descriptors(0, [(driver.header(0, IN, sector), 16, 0), (to, SECTOR, WRITE), (STATUSES, 1, WRITE)])
        driver.put(0)
        driver.wait()
        driver.served(0, OK, f"a request whose data take the place of its {what}")
        driver.expect_bytes(struct.pack("<II", 0, SECTOR + 1), f"id and length in the used ring, {what} being gone",
                            USED + 4 + 8 * (number + 1))
    driver.judge((yield driver.run(disk=disk)))


def indirect(lab):
    driver, disk = Driver(lab, size=2), sectors(lab, DISK_SECTORS)
    driver.start(F_INDIRECT)
    for head in (1, 0):
        sector, parts = lab.random.randrange(DISK_SECTORS - 4), 4
        chain = driver.request(0, IN, sector, [(DATA + 1024 * part, SECTOR) for part in range(parts)])
        driver.descriptors(0, chain, TABLES)
        driver.descriptors(head, [(TABLES, 16 * len(chain), INDIRECT)])
        driver.put(head)
        driver.wait()
        driver.served(0, OK, f"a request of {parts} buffers in a table, in a queue of 2 entries")
        for part in range(parts):
            driver.expect_bytes(disk[(sector + part) * SECTOR:][:SECTOR], f"sector {sector + part}", DATA + 1024 * part)
    driver.judge((yield driver.run(disk=disk)))


def events(lab):
    driver = Driver(lab)

    def served(wanted, what):
        driver.store(ACKNOWLEDGE, 3)
        for head in (0, 4, 0):   # an interrupt comes behind what it is for: the last one's may not be there yet
            driver.descriptors(head, driver.request(0, FLUSH, 0, []))
            driver.put(head)
            driver.wait()
        driver.expect(wanted, f"whether there was an interrupt, {what}", "load", BASE + INTERRUPT, USED_BUFFER)

    driver.start(F_FLUSH)
    served(1, "which the driver wants")
    driver.set(AVAILABLE, struct.pack("<H", NO_INTERRUPT))
    served(0, "which the driver does not want")
    driver.start(F_FLUSH | F_EVENT_IDX)
    wants = AVAILABLE + 4 + 2 * driver.size
    served(1, "for the first chain, which used_event names")
    driver.set(wants, struct.pack("<H", driver.used + lab.random.randrange(5, 100)))
    served(0, "long before the chain that used_event names")
    driver.set(wants, struct.pack("<H", driver.used + 1))
    served(1, "for the second of three chains, which used_event names")
    driver.do("until", USED + 4 + 8 * driver.size, driver.index)
    driver.expect_bytes(struct.pack("<H", driver.index), "available_event, when the device sleeps", USED + 4 + 8 * driver.size)
    driver.judge((yield driver.run()))


def refused(lab):
    driver = Driver(lab)
    driver.start(F_FLUSH)
    far = lab.random.randrange(1 << 40, 1 << 50)
    cases = [(IN, DISK_SECTORS - 1, 2 * SECTOR, IO_ERROR, "to read beyond the end"),
             (OUT, DISK_SECTORS, SECTOR, IO_ERROR, "to write behind the end"),
             (IN, far, SECTOR, IO_ERROR, "to read far behind the end"), (IN, 1 << 55, SECTOR, IO_ERROR, "at 2^55 sectors"),
             (IN, (1 << 64) - 1, SECTOR, IO_ERROR, "at the last sector that there can be"),
             (IN, 0, lab.random.randrange(1, 511), IO_ERROR, "to read a part of a sector"),
             (lab.random.randrange(40, 1000), 0, SECTOR, UNSUPPORTED, "of a type that there is not"),
             (IN, 0, SECTOR, OK, "after all these")]
    for kind, sector, length, status, what in cases:
        driver.descriptors(0, driver.request(0, kind, sector, [(DATA, length)]))
        driver.put(0)
        driver.wait()
        driver.served(0, status, f"a request {what}")
    only = Driver(lab)
    only.start(F_RO)
    for kind, status, what in ((OUT, IO_ERROR, "to write"), (IN, OK, "to read")):
        only.descriptors(0, only.request(0, kind, 3, [(DATA, SECTOR)]))
        only.put(0)
        only.wait()
        only.served(0, status, f"a request {what}, of a disk that can only be read")
    first, second = yield [driver.run(then="stat -c %s disk"), only.run(["--disk=disk,ro"])]
    lab.expect(first.lines()[-1:], [str(DISK_SECTORS * SECTOR)], "the size of the disk's file afterwards")
    driver.judge(first)
    only.judge(second)


def broken(lab):
    features = F_INDIRECT
    far = lab.random.randrange(16, 1 << 15)
    part = (DATA, SECTOR, WRITE)

    def chain(driver, *descriptors):
        driver.descriptors(0, [(driver.header(0, IN, 0), 16, 0), *descriptors])

    def table(driver, chain_in, entry):
        driver.descriptors(0, chain_in, TABLES)
        driver.set(TABLE, struct.pack("<QIHH", *entry))

    def loop(driver, where):
        driver.descriptors(0, [(DATA, 16, 0), (DATA, 16, 0)], where)
        driver.set(where + 16, struct.pack("<QIHH", DATA, 16, NEXT, 0))

    whole = (TABLES, 48, INDIRECT, 0)
    cases = {
        "a head behind the table": lambda driver: far,
        "a next behind the table": lambda driver: driver.set(TABLE, struct.pack("<QIHH", DATA, 16, NEXT, far)),
        "a loop": lambda driver: loop(driver, TABLE),
        "a loop in a table": lambda driver: (loop(driver, TABLES), driver.set(TABLE, struct.pack("<QIHH", *whole)))[:0],
        "a buffer outside of RAM": lambda driver: chain(driver, (0x1000, SECTOR, WRITE), (STATUSES, 1, WRITE)),
        "a buffer that wraps around": lambda driver: chain(driver, ((1 << 64) - 256, SECTOR, WRITE), (STATUSES, 1, WRITE)),
        "a buffer that leaves RAM": lambda driver: chain(driver, (RAM_END - 100, SECTOR, WRITE), (STATUSES, 1, WRITE)),
        "a buffer to be read behind one to be written": lambda driver: chain(driver, part, (DATA, SECTOR, 0),
                                                                            (STATUSES, 1, WRITE)),
        "no buffer for the status": lambda driver: chain(driver, (DATA, SECTOR, 0)),
        "a table in a table": lambda driver: (driver.descriptors(0, [part, (STATUSES, 1, WRITE)], TABLES + 4096), table(
            driver, [(HEADERS, 16, 0), (TABLES + 4096, 32, INDIRECT)], (TABLES, 32, INDIRECT, 0)))[:0],
        "a table with something behind it": lambda driver: table(driver, [(HEADERS, 16, 0), part, (STATUSES, 1, WRITE)],
                                                                 (TABLES, 48, INDIRECT | NEXT, 1)),
        "a table outside of RAM": lambda driver: table(driver, [], (0x1000, 48, INDIRECT, 0)),
        "a table without entries": lambda driver: table(driver, [], (TABLES, 0, INDIRECT, 0)),
        "a table with a part of an entry": lambda driver: table(driver, [(HEADERS, 16, 0), part, (STATUSES, 1, WRITE)],
                                                                (TABLES, 47, INDIRECT, 0)),
    }
    driver = Driver(lab)

    def breaks(make, what, features):
        driver.start(features)
        head = make(driver)
        driver.put(head if isinstance(head, int) else 0)
        driver.store(NOTIFY, 0)
        driver.do("set_in", BASE + STATUS, NEEDS_RESET)
        driver.expect_bytes(bytes(2), f"the used ring's index after {what}", USED + 2)

    for what in lab.random.sample(list(cases), len(cases)):
        breaks(cases[what], what, features)
    breaks(lambda driver: table(driver, [(HEADERS, 16, 0), part, (STATUSES, 1, WRITE)], whole),
           "a table, which was not agreed upon", 0)
    driver.start(features)
    driver.do("index", AVAILABLE + 2, driver.size + 1)
    driver.store(NOTIFY, 0)
    driver.do("set_in", BASE + STATUS, NEEDS_RESET)
    driver.start(features)
    driver.descriptors(0, driver.request(0, IN, 0, [(DATA, SECTOR)]))
    driver.put(0)
    driver.wait()
    driver.served(0, OK, "a request after a reset")
    driver.judge((yield driver.run()))

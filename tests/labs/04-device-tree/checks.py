"""Lab 04: the state in which a guest is entered, and its device tree, which is read here (Devicetree 0.4)."""

import struct

BOOT = "04-device-tree/guests/boot"
RAM_BASE = 0x8000_0000
EXTERNAL = 9                 # the number of the supervisor's external interrupt, Privileged 1.12 §4.1.3
HEADER = struct.Struct(">10I")
MAGIC, VERSION, COMPATIBLE = 0xD00DFEED, 17, 16
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
MARK = b"the other entry\0"
PHDR = struct.Struct("<IIQQQQQQ")   # of the ELF gABI, "Program Header"


class Node:
    def __init__(self, path):
        self.path, self.properties, self.children = path, {}, {}

    def cells(self, name):
        value = self.properties.get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value[:len(value) // 4 * 4]))

    def text(self, name):
        return self.properties.get(name, b"").rstrip(b"\0").decode(errors="replace")

    def named(self, name):
        """The children with this name, without the address behind @."""
        return [child for key, child in self.children.items() if key.partition("@")[0] == name]

    def all(self):
        yield self
        for child in self.children.values():
            yield from child.all()


def tree_read(lab, blob):
    """The root of a flattened tree, §5; the check fails if it is none."""
    try:
        magic, size, structs, strings, _, version, compatible, _, _, _ = HEADER.unpack_from(blob)
        lab.expect((hex(magic), size, compatible), (hex(MAGIC), len(blob), COMPATIBLE),
                   "the header of the tree: magic number, length, compatible version")
        stack, at = [Node("")], structs
        while True:
            token, = struct.unpack_from(">I", blob, at)
            at += 4
            if token == BEGIN_NODE:
                end = blob.index(b"\0", at)
                name = blob[at:end].decode(errors="replace")
                at = (end + 4) // 4 * 4
                node = Node(f"{stack[-1].path}/{name}" if name else "")
                stack[-1].children[name] = node
                stack.append(node)
            elif token == END_NODE:
                stack.pop()
            elif token == PROP:
                length, name = struct.unpack_from(">II", blob, at)
                name = blob[strings + name:blob.index(b"\0", strings + name)].decode(errors="replace")
                stack[-1].properties[name] = blob[at + 8:at + 8 + length]
                at = (at + 8 + length + 3) // 4 * 4
            elif token == END:
                return stack[0].children[""]
            elif token != NOP:
                raise ValueError(f"{token} where a token must be")
    except (struct.error, ValueError, KeyError, IndexError) as error:
        lab.fail("the device tree in RAM", "a flattened device tree", f"{error}; {blob[:64].hex()}")


class Boot:
    """What the guest has shown."""

    def __init__(self, lab, run):
        lines = run.lines()
        words = lines[0].split() if lines else []
        if len(words) != 7 or len(lines) < 2:
            lab.fail("the guest", "its registers and its device tree",
                     (run.out + run.err).decode(errors="replace")[:300])
        self.other, self.hart, self.fdt, self.satp, self.sie, self.enabled, self.end = map(int, words)
        blob = bytes.fromhex(lines[1])
        self.size, self.root = len(blob), tree_read(lab, blob)
        self.rest = lines[2:]


def start(lab, cpus=1, memory="128M", options=(), duet="candidate", **more):
    run = lab.duet(BOOT, options=[f"--cpus={cpus}", f"--memory={memory}", *options], **more)
    run.duet = duet
    return run


def registers(lab):
    megabytes = lab.random.randrange(16, 128)
    runs = yield [start(lab), start(lab, cpus=lab.random.randrange(2, 5), memory=f"{megabytes}M")]
    for run, size in zip(runs, (128, megabytes)):
        boot = Boot(lab, run)
        lab.expect(boot.hart, 0, "a0, the hart")
        lab.expect(boot.fdt % 8, 0, f"a1, the tree's address, {boot.fdt:#x}, modulo 8")
        lab.expect(boot.end <= boot.fdt and boot.fdt + boot.size <= RAM_BASE + (size << 20), True,
                   f"whether the tree at {boot.fdt:#x} is in RAM, of {size} MiB, and not over the guest")
        lab.expect((boot.satp, boot.sie, boot.enabled), (0, 0, 0), "satp, SIE of sstatus, sie")


def entry(lab):
    with open(lab.guest_path(BOOT), "rb") as file:
        image = bytearray(file.read())
    at = (image.index(MARK) + len(MARK) + 3) // 4 * 4
    offset, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for number in range(count):
        kind, _, begin, va, _, length, _, _ = PHDR.unpack_from(image, offset + number * size)
        if kind == 1 and begin <= at < begin + length:
            struct.pack_into("<Q", image, 24, va + at - begin)
    runs = yield [start(lab), lab.duet("other.elf", files={"other.elf": bytes(image)})]
    lab.expect([Boot(lab, run).other for run in runs], [0, 1],
               "whether the guest came by its other entry point, in the file and in one where e_entry is changed")


def memory(lab):
    sizes = [lab.random.randrange(16, 200) << 20, 5 << 30]
    runs = yield [start(lab, memory=f"{size >> 20}M") for size in sizes]
    for run, size in zip(runs, sizes):
        root = Boot(lab, run).root
        address, length = root.cells("#address-cells"), root.cells("#size-cells")
        lab.expect([len(address), len(length)], [1, 1], "the cells that #address-cells and #size-cells of / have")
        nodes = [node for node in root.children.values() if node.text("device_type") == "memory"]
        lab.expect(len(nodes), 1, "the number of nodes with device_type \"memory\"")
        cells = nodes[0].cells("reg")
        lab.expect(len(cells), address[0] + length[0],
                   f"the cells of `reg` of {nodes[0].path}, where / says {address[0]} and {length[0]}")
        numbers = [0, 0]
        for number, cell in enumerate(cells):
            numbers[number >= address[0]] = numbers[number >= address[0]] << 32 | cell
        lab.expect([hex(number) for number in numbers], [hex(RAM_BASE), hex(size)], f"`reg` of {nodes[0].path}")
        lab.expect(nodes[0].path, f"/memory@{RAM_BASE:x}", "the path of the node")


def cpus_of(lab, root, count):
    nodes = [node for node in root.named("cpus")]
    lab.expect(len(nodes), 1, "the number of nodes /cpus")
    cpus = nodes[0].named("cpu")
    lab.expect(len(cpus), count, f"the number of nodes /cpus/cpu@N, of {count} harts")
    return nodes[0], cpus


def cpus(lab):
    count = lab.random.randrange(2, 8)
    run, sound = yield [start(lab, count), start(lab, count, duet="reference")]
    parent, nodes = cpus_of(lab, Boot(lab, run).root, count)
    right_parent, right = cpus_of(lab, Boot(lab, sound).root, count)
    for name in ("#address-cells", "#size-cells", "timebase-frequency"):
        lab.expect(parent.cells(name), right_parent.cells(name), f"{name} of /cpus")
    for node, other in zip(nodes, right):
        lab.expect(node.path, other.path, "the path of a node")
        for name in ("device_type", "compatible", "status", "riscv,isa", "mmu-type"):
            lab.expect(node.text(name), other.text(name), f"`{name}` of {node.path}")
        for name in ("reg", "riscv,cbom-block-size", "riscv,cboz-block-size"):
            lab.expect(node.cells(name), other.cells(name), f"`{name}` of {node.path}")


def interrupts(lab):
    count = lab.random.randrange(2, 8)
    run = yield start(lab, count)
    root = Boot(lab, run).root
    _, nodes = cpus_of(lab, root, count)
    handles = {}
    for node in nodes:
        controllers = node.named("interrupt-controller")
        lab.expect(len(controllers), 1, f"the number of nodes {node.path}/interrupt-controller")
        one = controllers[0]
        lab.expect((one.text("compatible"), one.cells("#interrupt-cells"), "interrupt-controller" in one.properties),
                   ("riscv,cpu-intc", [1], True),
                   f"compatible and #interrupt-cells of {one.path}, and whether it says that it is a controller")
        lab.expect(len(one.cells("phandle")), 1, f"the cells of `phandle` of {one.path}")
        handles[tuple(node.cells("reg"))] = one.cells("phandle")[0]
    every = [node.cells("phandle")[0] for node in root.all() if node.cells("phandle")]
    lab.expect(len(set(every) - {0, (1 << 32) - 1}), len(every), f"different phandles among {every}")
    hypervisor = root.named("hypervisor")
    lab.expect(len(hypervisor), 1, "the number of nodes /hypervisor")
    lab.expect(hypervisor[0].cells("interrupts-extended"), [handles.get((0,)), EXTERNAL],
               "`interrupts-extended` of /hypervisor: hart 0's controller, the external interrupt")


def chosen(lab):
    word = lab.bytes(6).hex()
    disk = lab.bytes(lab.random.randrange(5000, 9000))
    with_disk = start(lab, files={"disk.img": disk}, args=["a", word],
                      options=["--initrd=FOLDER/disk.img"])
    first, second = yield [with_disk, start(lab)]
    boot, other = Boot(lab, first), Boot(lab, second)
    nodes = boot.root.named("chosen")
    lab.expect(len(nodes), 1, "the number of nodes /chosen")
    lab.expect(nodes[0].text("bootargs"), f"a {word}", "`bootargs` of /chosen")
    paths = [node.path for node in boot.root.all()]
    lab.expect(nodes[0].text("stdout-path") in paths[1:], True,
               f"whether `stdout-path`, \"{nodes[0].text('stdout-path')}\", is one of {' '.join(paths)}")
    seeds = [one.root.named("chosen")[0].properties.get("rng-seed", b"") if one.root.named("chosen") else b""
             for one in (boot, other)]
    lab.expect([len(seed) for seed in seeds], [32, 32], "bytes of `rng-seed`")
    lab.expect(seeds[0] != seeds[1] and all(len(set(seed)) > 8 for seed in seeds), True,
               "whether `rng-seed` is random and differs from run to run")
    begin, end = (int.from_bytes(nodes[0].properties.get(f"linux,initrd-{name}", b""), "big")
                  for name in ("start", "end"))
    lab.expect(end - begin, len(disk), "bytes from linux,initrd-start to -end")
    lab.expect(begin >= boot.end and (end <= boot.fdt or begin >= boot.fdt + boot.size), True,
               "whether the RAM disk is beside the guest and the tree")
    again = start(lab, files={"disk.img": disk}, args=["a", word], options=["--initrd=FOLDER/disk.img"],
                  stdin=f"{begin:#x} {len(disk)}\n")
    third = yield again
    lab.expect(Boot(lab, third).rest[:1], [disk.hex()], "the bytes of the RAM disk")
    lab.expect("linux,initrd-start" in other.root.named("chosen")[0].properties, False,
               "whether there is a RAM disk without --initrd")


def toyos(lab):
    word = lab.bytes(6).hex()
    run = yield lab.duet("toyos", args=[f"run=echo {word}"], options=["--cpus=3"])
    lab.expect((run.out, run.status), (f"{word}\n".encode(), 0), "what toyos prints with 3 harts, and its status")

"""What the cache can hold, and how each entry is made."""

import inspect
import lzma
import os
import platform
import re
import shutil
import subprocess

from cache import entry_path, make_entry
from debian import SUITE, download, unpack
from lib import SCRIPTS, die, packages, say

TARGET = "riscv64-linux-gnu"

# The loadable modules of Debian's kernel; what they depend on comes along.
MODULES = ["kvm", "virtio_blk"]
# Those that a Linux guest needs for the board's virtio devices: `make run-linux`.
GUEST_MODULES = ["virtio_mmio", "virtio_blk", "virtio_rng", "virtio_balloon"]


def sysroot(tar, entry):
    """Keeps headers, libraries, and busybox."""
    wanted = re.compile(r"usr/(include/|lib/linux/uapi/riscv/|lib/riscv64-linux-gnu/[^/]+\.(a|o|so[.\d]*)$|bin/busybox$"
                        r"|lib/gcc/.*/(include/|libgcc|crt))|lib$|lib64$")
    unpack(tar, entry, wanted)
    for part in ("usr/include/linux/kvm.h", "usr/lib/riscv64-linux-gnu/libc.a", "usr/bin/busybox"):
        if not os.path.exists(os.path.join(entry, part)):
            die(f"Debian's packages hold no {part}")


def kernel_debian(tar, entry):
    """Keeps the kernel as `Image`, its configuration, `version`, and MODULES uncompressed, in the order
    to load them that `modules/order` says; likewise GUEST_MODULES in `guest-modules`."""
    full = os.path.join(entry, "unpacked")
    unpack(tar, full, re.compile(r"boot/(vmlinux|config)-|usr/lib/modules/[^/]+/kernel/.*\.ko"))

    boot = os.path.join(full, "boot")
    images = [name for name in os.listdir(boot) if name.startswith("vmlinux-")]
    if len(images) != 1:
        die(f"expected one kernel in Debian's packages, found: {' '.join(images) or 'none'}")
    version = images[0].removeprefix("vmlinux-")
    os.rename(os.path.join(boot, images[0]), os.path.join(entry, "Image"))
    os.rename(os.path.join(boot, f"config-{version}"), os.path.join(entry, "config"))
    with open(os.path.join(entry, "Image"), "rb") as image:
        if image.read(64)[0x30:0x35] != b"RISCV":  # Linux: Documentation/arch/riscv/boot-image-header
            die(f"the kernel {version} is not a plain RISC-V Image: QEMU cannot start it")
    with open(os.path.join(entry, "version"), "w") as file:
        file.write(version + "\n")

    found = {name.split(".ko")[0].replace("-", "_"): os.path.join(folder, name)
             for folder, _, names in os.walk(os.path.join(full, "usr")) for name in names}

    def keep(name, folder, order):
        if name in order:
            return
        if name not in found:
            die(f"the kernel {version} has no module {name}")
        opener = lzma.open if found[name].endswith(".xz") else open
        with opener(found[name]) as file:
            module = file.read()
        needs = re.search(rb"\0depends=([^\0]*)\0", module)  # in its .modinfo section
        for need in needs[1].decode().split(",") if needs else []:
            if need:
                keep(need.replace("-", "_"), folder, order)
        with open(os.path.join(folder, f"{name}.ko"), "wb") as file:
            file.write(module)
        order.append(name)

    for modules, names in (("modules", MODULES), ("guest-modules", GUEST_MODULES)):
        folder, order = os.path.join(entry, modules), []
        os.mkdir(folder)
        for name in names:
            keep(name, folder, order)
        with open(os.path.join(folder, "order"), "w") as file:
            file.write("\n".join(order) + "\n")
    shutil.rmtree(full)


def linux_source(tar, entry):
    """Keeps the kernel's source as the archive that Debian packs it in."""
    full = os.path.join(entry, "unpacked")
    unpack(tar, full, re.compile(r"usr/src/linux-source-.*\.tar\.xz$"))
    folder = os.path.join(full, "usr/src")
    archives = os.listdir(folder) if os.path.isdir(folder) else []
    if len(archives) != 1:
        die(f"expected one source archive in Debian's package, found: {' '.join(archives) or 'none'}")
    os.rename(os.path.join(folder, archives[0]), os.path.join(entry, "linux.tar.xz"))
    shutil.rmtree(full)


def peer_qemu(tar, entry):
    """Keeps QEMU as a VMM for the host Linux."""
    keep_programs(tar, entry, TARGET, "qemu-system-riscv64")


def gdbserver(tar, entry):
    """Keeps what debugs duet in the host Linux."""
    keep_programs(tar, entry, TARGET, "gdbserver")


def cbmc(tar, entry):
    """Keeps what proves properties of the sources, and the loader of its libraries: the PC's may be older."""
    triplet = f"{platform.machine()}-linux-gnu"
    keep_programs(tar, entry, triplet, "cbmc", "goto-cc")
    if not any(name.startswith("ld-linux") for name in os.listdir(os.path.join(entry, "lib"))):
        die(f"Debian's packages hold no loader for {triplet}")


def u_boot(tar, entry):
    """Keeps U-Boot for the machine `virt`, as the program that firmware starts in S-mode."""
    unpack(tar, entry, re.compile(r"usr/lib/u-boot/qemu-riscv64_smode/uboot\.elf$"))
    name = os.path.join(entry, "usr/lib/u-boot/qemu-riscv64_smode/uboot.elf")
    if not os.path.exists(name):
        die("Debian's packages hold no U-Boot for S-mode (qemu-riscv64_smode/uboot.elf)")
    os.rename(name, os.path.join(entry, "uboot.elf"))
    shutil.rmtree(os.path.join(entry, "usr"))


def keep_programs(tar, entry, triplet, *programs):
    """Keeps programs of usr/bin, and in `lib` the shared libraries that they need, by the names that they
    are asked for. Each of these is a plain file."""
    full = os.path.join(entry, "unpacked")
    library = os.path.join(full, "usr/lib")
    unpack(tar, full, re.compile(rf"usr/bin/({'|'.join(programs)})$|usr/lib/({triplet}/.*|[^/]*)\.so[^/]*$"))
    os.mkdir(os.path.join(entry, "lib"))
    missing = [os.path.join(full, "usr/bin", program) for program in programs]
    while missing:
        path = missing.pop()
        name = os.path.basename(path)
        shutil.copy(path, os.path.join(entry, name if name in programs else f"lib/{name}"))
        for name in needed_libraries(path, triplet):
            place = next((os.path.join(folder, name) for folder, _, names in os.walk(library) if name in names), None)
            if not place:
                die(f"Debian's packages hold no {name}, which {os.path.basename(path)} needs")
            if not os.path.exists(os.path.join(entry, "lib", name)) and place not in missing:
                missing.append(place)
    shutil.rmtree(full)


def needed_libraries(path, triplet):
    """The shared libraries that an ELF file asks for."""
    dump = subprocess.run([f"{triplet}-objdump", "-p", path], stdout=subprocess.PIPE, text=True, check=True)
    return re.findall(r"^ *NEEDED +(\S+)", dump.stdout, re.MULTILINE)


# What runs on the PC itself; all else is for RISC-V. The name of its architecture is another one in Debian.
FOR_THE_PC = {"cbmc"}
PC_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}

FETCHED = {"sysroot": sysroot, "kernel-debian": kernel_debian, "linux-source": linux_source, "peer_qemu": peer_qemu,
           "gdbserver": gdbserver, "cbmc": cbmc,
           "u-boot": u_boot}

# About how much is downloaded, with Debian's lists of its packages (10 MB): to be announced.
DOWNLOAD_MB = {"sysroot": 40, "kernel-debian": 140, "linux-source": 175, "peer_qemu": 45, "gdbserver": 15, "cbmc": 90,
               "u-boot": 20}


def fetch(name):
    """The entry that is made from the packages of a group; fetched if it is not there."""
    recipe = FETCHED[name]
    wanted = packages(name)
    architecture = PC_ARCHITECTURE.get(platform.machine()) if name in FOR_THE_PC else "riscv64"
    if not architecture:
        die(f"{name}: only for {' and '.join(PC_ARCHITECTURE)}, and this machine is a {platform.machine()}")

    def make(work, entry, _):
        say(f"{name}: Debian {SUITE}'s {architecture} packages {', '.join(wanted)}: "
            f"about {DOWNLOAD_MB[name]} MB to download")
        tar = os.path.join(work, "packages.tar")
        download(wanted, architecture, tar)
        recipe(tar, entry)

    parts = [SUITE, *wanted, *MODULES, *GUEST_MODULES, inspect.getsource(recipe), inspect.getsource(unpack)]
    parts += [architecture] if name in FOR_THE_PC else []
    parts += [inspect.getsource(keep_programs)] if recipe in (peer_qemu, gdbserver, cbmc) else []
    return make_entry(name, parts, f"fetch: downloading the {name}", make)


# The kernel of our own.

CONFIG = os.path.join(SCRIPTS, "kernel.config")
PATCH = os.path.join(SCRIPTS, "kernel.patch")
CROSS = TARGET + "-"
OBJECTS = 1000  # about as many files as there are to compile: for the progress that is shown


def own_kernel_parts():
    with open(CONFIG) as file, open(PATCH) as patch:
        files = [file.read(), patch.read()]
    compiler = subprocess.run([CROSS + "gcc", "--version"], capture_output=True, text=True).stdout
    return [*packages("linux-source"), *files, compiler, inspect.getsource(build)]


def own_kernel():
    """Where the kernel of our own is, or None when it is not built."""
    path = entry_path("kernel", own_kernel_parts())
    return path if os.path.exists(path) else None


def build_kernel():
    """The entry with the kernel of our own; built if it is not there."""
    source = own_kernel() or fetch("linux-source")
    return make_entry("kernel", own_kernel_parts(), "kernel: unpacking the source",
                      lambda work, entry, progress: build(source, work, entry, progress))


def build(source, work, entry, progress):
    """Builds Linux: `Image`, `config`, `version`, `System.map`, and no modules to load."""
    tree, out = os.path.join(work, "linux"), os.path.join(work, "out")
    log_path = os.path.join(work, "log")
    os.mkdir(tree)
    make = ["make", "-C", tree, f"O={out}", "ARCH=riscv", f"CROSS_COMPILE={CROSS}", "KBUILD_BUILD_USER=duet",
            "KBUILD_BUILD_HOST=duet", "KBUILD_BUILD_TIMESTAMP=1970-01-01", f"KCONFIG_ALLCONFIG={CONFIG}"]

    def run(*command):
        """Runs a command; its output is shown if it fails."""
        compiled = 0
        with open(log_path, "w+") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
            for line in process.stdout:
                log.write(line)
                if line.startswith("  CC "):
                    compiled += 1
                    progress.text = f"kernel: compiling, about {min(99, compiled * 100 // OBJECTS)} %"
            if process.wait() != 0:
                log.seek(0)
                die("".join(log.readlines()[-25:]) + f"the kernel's build failed (above): {' '.join(command)}")

    say(f"kernel: building {os.path.basename(os.path.realpath(source))}, 7 to 15 minutes on 2 cores")
    run("tar", "-C", tree, "--strip-components=1", "-xf", os.path.join(source, "linux.tar.xz"))
    mend = ["patch", "-d", tree, "-p1", "--forward", "-i", PATCH]
    if subprocess.run([*mend, "--dry-run"], capture_output=True).returncode == 0:
        run(*mend)
    else:
        say(f"{PATCH} does not fit this source: built without it (if Linux has mended this by now, remove it)")
    run(*make, "allnoconfig")
    with open(CONFIG) as wanted, open(os.path.join(out, ".config")) as got:
        missing = {line.strip() for line in wanted if line.startswith("CONFIG_")} - set(got.read().splitlines())
    if missing:
        die(f"{CONFIG}: the kernel did not take {', '.join(sorted(missing))}: what do they depend on?")
    run(*make, f"-j{os.cpu_count()}", "Image")
    for path, name in (("arch/riscv/boot/Image", "Image"), (".config", "config"), ("System.map", "System.map"),
                       ("include/config/kernel.release", "version")):
        shutil.copy(os.path.join(out, path), os.path.join(entry, name))
    for modules in ("modules", "guest-modules"):
        os.mkdir(os.path.join(entry, modules))
        open(os.path.join(entry, modules, "order"), "w").close()

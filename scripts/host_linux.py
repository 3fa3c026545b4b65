"""Runs a job in the host Linux: boots it under QEMU, or goes on with one that has booted and was saved.

A saved host Linux waits in scripts/host-init for the files of a run. Its name is a hash of all that went into it,
whatever folder that is in, so that any change makes a new one and a copy elsewhere finds it.
"""

import contextlib
import glob
import hashlib
import io
import json
import os
import secrets
import shutil
import struct
import threading
import time

from debugger import Debugger
from lib import BUILD, Archive, Progress, die, need_file, say
from machine import QEMU, Channel, Listener, Machine, Monitor, Relay, input_fd, write_all

MEMORY_MB = 384  # the host Linux's own share, besides the guest's
SAVED = os.environ.get("DUET_SAVED") or os.path.join(BUILD, "host/saved")  # may be read-only, for many to use
SAVED_MAX = 6    # the least recently used go
ATTEMPTS = 3     # at a boot

# How long a host Linux that starts may be silent. A boot takes 7 s of a PC's processor time and, with much else
# to do, any time of the clock: so a host Linux is stuck when it computes for long, or when it does not compute
# and does not wait for a processor, either.
# With the firmware of Debian 12 and 2 harts that is so about once in 30 boots: Linux starts hart 1, which enters
# Linux where the first one did, at 0x80200000 and with the device tree, as if it were the first. Then it is in
# endless page faults at 0x802010bc (stvec), with the satp of Linux's probe for Sv57, and hart 0 waits for it. That
# fits a firmware in which a hart that polls sees that it shall start before the other has written where.
# DUET_PATIENCE in the environment is a factor: less for a test of a host Linux that hangs.
BUSY_S = 20
IDLE_S = 20
PATIENCE = float(os.environ.get("DUET_PATIENCE") or 1)
IDLE_SHARE = 0.05  # of one processor
FIRMWARE = "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin"  # elsewhere it is part of QEMU's own package

# console=: the log. panic=-1 with QEMU's -no-reboot: a host Linux that dies ends the run.
# cryptomgr.notests: otherwise Debian's kernel tests its ciphers for a while after boot, and whatever runs
# meanwhile gets half of the hart. No other option that was tried (nokaslr, lsm=, initcall_blacklist=,
# loglevel=, ...) makes the boot shorter.
COMMAND_LINE = "console=ttyS0 panic=-1 cryptomgr.notests"

# The ports to and from the host Linux, in QEMU's order; host-init waits for the last.
PORTS = ("stdin", "stdout", "stderr", "trace", "core", "gdb", "files", "status")


class Host:
    """What the host Linux is made of: the kernel, its first files, the machine."""

    def __init__(self, options):
        which = f"-{options.kernel}" if options.kernel else ""
        self.kernel = os.path.join(BUILD, f"kernel{which}/Image")
        self.initrd = os.path.join(BUILD, f"host/initrd{which}.cpio")
        for path in (self.kernel, self.initrd):
            need_file(path, f"make it with `make host{' KERNEL=' + options.kernel if options.kernel else ''}`")
        # As many harts as the guest has, if they can be real.
        harts = 1 if options.icount else min(options.cpus, os.cpu_count() or 1)
        self.files = ["-kernel", self.kernel, "-initrd", self.initrd]
        self.machine = ["-machine", "virt", "-cpu", "rv64,h=true", "-smp", str(harts),
                        "-m", f"{MEMORY_MB + options.mem_mb}M",
                        "-append", " ".join([COMMAND_LINE, *options.host_args.split()] +
                                            ([] if options.verbose else ["quiet"])),
                        "-serial", "chardev:log", "-device", "virtio-serial-pci",
                        "-device", "virtconsole,chardev=terminal"]
        for port in PORTS:
            self.machine += ["-device", f"virtserialport,chardev={port},name=duet.{port}"]
        if options.icount:
            self.machine += ["-icount", "shift=0,sleep=off"]
        for disk in options.disks:
            self.machine += disk.qemu_arguments()
        self.machine += options.qemu_opt
        # Those who want to see the boot, want one; and the host Linux would not know what has changed in a disk since.
        self.can_be_saved = not (options.cold or options.verbose or options.disks or options.qemu_opt)

    def saved_path(self):
        """Where this host Linux is or will be saved."""
        paths = (shutil.which(QEMU), FIRMWARE, self.kernel, self.initrd)
        contents = digests([path for path in paths if path and os.path.exists(path)])
        key = hashlib.sha256(repr((self.machine, contents)).encode())
        return os.path.join(SAVED, key.hexdigest()[:16])


def digests(paths):
    """Hashes of the files' contents. They are remembered, for reading 50 MB takes a quarter of a run's time."""
    memory = os.path.join(BUILD, "host/digests")
    try:
        with open(memory) as file:
            known = json.load(file)
    except (OSError, ValueError):
        known = {}
    now = {}
    for path in map(os.path.realpath, paths):
        status = os.stat(path)
        name = f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ino}"
        now[name] = known.get(name)
        if not now[name]:
            with open(path, "rb") as file:
                now[name] = hashlib.sha256(file.read()).hexdigest()
    if now.keys() - known.keys():
        with contextlib.suppress(OSError):  # a build/ that is read-only
            new = f"{memory}.{os.getpid()}"
            with open(new, "w") as file:
                json.dump(now, file)
            os.replace(new, memory)
    return list(now.values())


def save(monitor, path):
    """Saves the machine as it is now; it goes on afterwards. What fails here costs speed, no more."""
    new = f"{path}.{os.getpid()}"
    try:
        os.makedirs(SAVED, exist_ok=True)
        with open(new, "wb") as out:
            monitor.execute("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
            monitor.execute("migrate-set-capabilities", capabilities=[{"capability": "events", "state": True}])
            monitor.execute("getfd", fds=[out.fileno()], fdname="out")
            monitor.execute("migrate", uri="fd:out")
            if monitor.wait_for("MIGRATION", status=("completed", "failed"))["status"] == "failed":
                monitor.execute("cont")
                out.write(bytes(1 << 20))  # on a disk that is full this says so, and QEMU 10 does not
                out.flush()
                raise RuntimeError(monitor.execute("query-migrate").get("error-desc", "QEMU does not say why"))
            while monitor.execute("query-status")["status"] == "finish-migrate":
                pass  # a moment, of whose end no event tells
            monitor.execute("cont")
        os.replace(new, path)
        with contextlib.suppress(FileNotFoundError):  # another run does the same
            others = sorted(glob.glob(os.path.join(SAVED, "?" * 16)), key=os.path.getmtime)
            for other in others[:-SAVED_MAX]:
                os.unlink(other)
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        say(f"the host Linux could not be saved in {SAVED}, so the next run boots it again: {why}")
    finally:
        if os.path.exists(new):
            os.unlink(new)


def resume(monitor, path):
    """Has QEMU, which was started to wait for it, go on with what was saved."""
    with open(path, "rb") as saved:
        monitor.execute("getfd", fds=[saved.fileno()], fdname="in")
        monitor.execute("migrate-incoming", uri="fd:in")
    monitor.wait_for("RESUME")


def archive_of(job, files, terminal, trace, core):
    """What host-init unpacks: the job and its files."""
    out = io.BytesIO()
    archive = Archive(out)
    archive.entry("job", archive.FILE | 0o644, job.encode())
    if terminal:
        archive.entry("interactive", archive.FILE | 0o644)
    if trace:
        archive.entry("trace", archive.FILE | 0o644, trace.host_path.encode() + b"\n")
    if core:
        archive.entry("core", archive.FILE | 0o644, core.host_path.encode() + b"\n")
    for destination, source in files.items():
        archive.file(destination.lstrip("/"), source)
    archive.finish()
    return out.getvalue()


class TraceFile:
    """The trace of a duet in the host Linux, as it arrives: whole lines, also of one that was cut off."""

    def __init__(self, path):
        self.host_path = "/tmp/trace" + (".json" if path.endswith(".json") else "")  # host-init's
        self.rest = b""
        try:
            self.file = open(path, "wb", buffering=0)
        except OSError as error:
            die(f"{path}: {error.strerror}")

    def take(self, data):
        lines, newline, self.rest = (self.rest + data).rpartition(b"\n")
        self.file.write(lines + newline)


class CoreFile:
    """A core file of a duet's in the host Linux: its parts arrive as host-send.c writes them, and it gets its name when
    all of it is here."""

    HEAD = struct.Struct("<QQ")  # where a part is, and its bytes; of the last, the file's length and 0

    def __init__(self, path, host_path):
        self.path, self.host_path = path, host_path
        self.new = f"{path}.{os.getpid()}"
        self.head, self.left, self.length = b"", 0, None
        if os.path.isdir(path):
            die(f"{path}: is a folder; a core file is a file")
        try:
            # A guest's memory is its owner's.
            self.file = open(self.new, "wb", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600))
        except OSError as error:
            die(f"{path}: cannot be made: {error.strerror}")

    def take(self, data):
        """What lies between the parts stays a hole, as it was there."""
        while data:
            if self.left:
                part, data = data[:self.left], data[self.left:]
                write_all(self.file.fileno(), part)
                self.left -= len(part)
                continue
            wanted = self.HEAD.size - len(self.head)
            self.head, data = self.head + data[:wanted], data[wanted:]
            if len(self.head) == self.HEAD.size:
                place, self.left = self.HEAD.unpack(self.head)
                self.head = b""
                if self.left:
                    self.file.seek(place)
                else:
                    self.length = place

    def end(self, sent):
        """`sent` bytes were sent, 0 if the guest did not die. An older file stays unless all of a new one came."""
        if sent and self.length is not None:
            self.file.truncate(self.length)
            os.replace(self.new, self.path)
            return
        if sent:
            say(f"{self.path}: was not made: the core file did not come whole from the host Linux")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.new)


class Silence:
    """Watches a host Linux that starts, and ends it when it is silent for too long."""

    TICK_S = 0.5  # counted: a run that was stopped, and goes on, has not been silent meanwhile

    def __init__(self, machine, patience):
        """`patience` is a factor: a slow PC needs more."""
        self.machine, self.patience = machine, patience
        self.over = threading.Event()
        self.broken_after_s = None
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.watcher.join()

    def _watch(self):
        heard = None
        while not self.over.wait(self.TICK_S):
            used_s, waited_s = self.machine.processor_s(), self.machine.waited_s()
            if len(self.machine.log) != heard:
                heard, silent_s, before_s, waited_before_s = len(self.machine.log), 0, used_s, waited_s
            silent_s += self.TICK_S
            busy_s = used_s - before_s
            wanted_s = busy_s + waited_s - waited_before_s
            idle = silent_s > IDLE_S * self.patience and wanted_s < IDLE_SHARE * silent_s
            if idle or busy_s > BUSY_S * self.patience:
                self.broken_after_s = silent_s
                self.machine.end()
                return


class NotStarted(Exception):
    """The host Linux did not start."""


def attempt(options, host, job, files, terminal, trace, core, load=None, keep=None, patience=1):
    """One start of QEMU, by a boot or from the saved machine `load`; after a boot it is saved as `keep`.
    Gives the job's exit status. Raises NotStarted if the host Linux is silent, or was saved and does not go on."""
    machine, monitor, log = Machine(options), Monitor(), Channel("log")
    ports = {name: Channel(name) for name in ("files", "status")}
    if terminal:
        ports["terminal"] = Channel("terminal")
    else:
        ports.update({name: Channel(name) for name in ("stdin", "stdout", "stderr")})
    if trace:
        ports["trace"] = Channel("trace")
    if core:
        ports["core"] = Channel("core")
    if options.gdb:
        ports["gdb"] = (Relay if options.debug_vmm else Listener)("gdb", options.gdb)
    arguments = [word for channel in (monitor, log, *ports.values()) for word in channel.chardev()]
    for name in ("terminal", *PORTS):
        arguments += [] if name in ports else ["-chardev", f"null,id={name}"]
    arguments += ["-incoming", "defer"] if load else []
    debugger = Debugger(options) if options.debug or options.debug_vmm else None
    result = None
    if terminal:
        terminal.hold_keys()
    with Progress("host Linux: starting", shown=options.run is None and not options.verbose) as progress:
        machine.start([*arguments, *host.files, *host.machine], [monitor, log, *ports.values()])
        try:
            log.read_into(machine.log_line)
            status = ports["status"].ours.makefile()
            silence = Silence(machine, patience)
            try:
                with silence:
                    monitor.start()
                    if load:
                        resume(monitor, load)
                    elif status.readline() != "ready\n":
                        raise EOFError
                    elif keep:
                        save(monitor, keep)
                    ports["files"].write(f"{time.time():.6f} {secrets.token_hex(64)}\n".encode())
                    if status.readline() != "resumed\n":
                        raise EOFError("its timers do not run")
            except (EOFError, OSError, RuntimeError) as error:
                machine.end()
                machine.wait()
                if not machine.timed_out:
                    if silence.broken_after_s:
                        raise NotStarted(f"silent for {silence.broken_after_s:.0f} s") from None
                    if load:
                        raise NotStarted(machine.first_error() or str(error)) from None
                return machine.verdict(None)
            if terminal:
                ports["terminal"].read_into(lambda data: machine.write(1, data))
            else:
                ports["stdin"].write_from(debugger.read_fd if debugger else input_fd())
                ports["stdout"].read_into(lambda data: machine.write(1, data))
                ports["stderr"].read_into(lambda data: machine.write(2, data))
            if trace:
                ports["trace"].read_into(lambda data: machine.keep(options.trace, lambda: trace.take(data)))
            if core:
                ports["core"].read_into(lambda data: machine.keep(options.core, lambda: core.take(data)))
            ports["files"].write(archive_of(job, files, terminal, trace, core))
            if debugger:
                status.readline()  # the job starts now
                progress.end()
                debugger.run()
                return 0
            for line in status:
                progress.end()
                if line == "up\n" and terminal:
                    terminal.give_keys()
                    ports["terminal"].write_from(0)
                if line.startswith("exit "):
                    result, *counts = map(int, line.split()[1:])
                    for name, count in zip(("stdout", "stderr", "trace", "core"), counts):
                        if name in ports:
                            ports[name].wait_for(count)
                    if core and not machine.unwritten:
                        machine.keep(options.core, lambda: core.end(counts[-1]))
                    break
        finally:
            machine.end()
            machine.wait()
            if options.gdb:
                ports["gdb"].remove()
        if terminal:
            ports["terminal"].wait_for(float("inf"))
    return machine.verdict(result)


def run_in_host(options, job, files, terminal, trace=None, core=None):
    """Runs the job, an sh script, with these files ({destination: source}), at the terminal or if it is None
    with our stdin, stdout and stderr. Gives its exit status."""
    try:
        return run_at_last(options, job, files, terminal, trace, core)
    finally:
        if core:
            core.end(0)


def run_at_last(options, job, files, terminal, trace, core):
    """Does that, with as many starts of the host Linux as it takes."""
    for disk in options.disks:
        disk.check()
    for source in files.values():
        need_file(source, "check the name")
    host = Host(options)
    path = host.saved_path() if host.can_be_saved else None
    if path and os.path.exists(path):
        with contextlib.suppress(OSError):  # not where it is read-only
            os.utime(path)  # the time of use
        try:
            return attempt(options, host, job, files, terminal, trace, core, load=path, patience=PATIENCE)
        except NotStarted as error:
            say(f"the saved host Linux does not start, so it boots anew: {error}")
            with contextlib.suppress(OSError):
                os.unlink(path)
    for number in range(ATTEMPTS):
        try:
            return attempt(options, host, job, files, terminal, trace, core, keep=path,
                           patience=PATIENCE * 2 ** number)
        except NotStarted as error:
            say(f"the host Linux does not come up: {error}" + (": once more" if number < ATTEMPTS - 1 else ""))
    die("no host Linux: see what it says with --verbose (V=1)")

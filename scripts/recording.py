"""Recordings of a machine on OpenSBI alone, by QEMU's record and replay: how they are made and kept, and a QEMU that
replays one. A recording is a folder: what the machine is, the guest's file, QEMU's log of all that came from outside."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile

QEMU = "qemu-system-riscv64"

# An instruction is 32 ns of the machine's time. It has one hart, for QEMU counts no more.
ICOUNT = "shift=5"
MACHINE = ["-machine", "virt", "-cpu", "rv64,h=true", "-smp", "1", "-bios", "default"]


# Instructions, for find_end().
FIRST_STEP, LAST_STEP = 20000, 50


class RecordingError(Exception):
    """In a line: which recording, and what is wrong."""


class Ended(RecordingError):
    """QEMU has."""


def qemu_version():
    return subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[0]


def log_path(folder):
    """QEMU takes a comma doubled."""
    return os.path.join(folder, "log").replace(",", ",,")


def arguments(about, kernel, initrd):
    """QEMU's for the machine, but for the clock and what it is connected to."""
    return MACHINE + ["-m", about["memory"], "-kernel", kernel, "-append", about["words"],
                      *(["-initrd", initrd] if initrd else [])]


def create(folder, memory, words, kernel, initrd):
    """Makes the folder, in place of a recording of that name. Returns QEMU's arguments that record."""
    if os.path.isdir(folder) and os.listdir(folder) and not os.path.exists(os.path.join(folder, "machine.json")):
        raise RecordingError(f"{folder}: is a folder, and no recording: give another name")
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise RecordingError(f"{folder}: is a file, and a recording is a folder: give another name")
    os.makedirs(folder, exist_ok=True)
    about = {"memory": memory, "words": words, "initrd": bool(initrd), "qemu": qemu_version()}
    for name in ("log", "guest.elf", "initrd"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    with open(os.path.join(folder, "machine.json"), "w", encoding="utf-8") as file:
        json.dump(about, file, indent=4)
    kernel = shutil.copy(kernel, os.path.join(folder, "guest.elf"))
    initrd = shutil.copy(initrd, os.path.join(folder, "initrd")) if initrd else None
    return arguments(about, kernel, initrd) + ["-icount", f"{ICOUNT},rr=record,rrfile={log_path(folder)}"]


class Replay:
    """A QEMU that replays a recording, stopped before the first instruction."""

    def __init__(self, folder):
        try:
            with open(os.path.join(folder, "machine.json"), encoding="utf-8") as file:
                self.about = json.load(file)
        except (OSError, ValueError) as error:
            raise RecordingError(f"{folder}: is no recording: make run-bare RECORD={folder} makes one ({error})") from error
        if self.about["qemu"] != qemu_version():
            raise RecordingError(f"{folder}: was recorded by {self.about['qemu']}, this is {qemu_version()}, which may run "
                                 "another way: record anew")
        if not os.path.exists(os.path.join(folder, "log")):
            raise RecordingError(f"{folder}: has no log: record anew")
        self.folder = folder
        self.sockets = tempfile.mkdtemp(prefix="duet-")
        self.qemu = self.monitor = None
        self.start()

    def socket_path(self, name):
        return os.path.join(self.sockets, name)

    def start(self):
        """From the beginning."""
        self.stop()
        for name in ("monitor", "gdb"):
            if os.path.exists(self.socket_path(name)):
                os.remove(self.socket_path(name))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.socket_path("monitor"))
        listener.listen()
        command = [QEMU, *arguments(self.about, os.path.join(self.folder, "guest.elf"),
                                    os.path.join(self.folder, "initrd") if self.about["initrd"] else None),
                   "-icount", f"{ICOUNT},rr=replay,rrfile={log_path(self.folder)}", "-S", "-no-reboot", "-no-shutdown",
                   "-nodefaults", "-display", "none", "-serial", "null",
                   "-qmp", f"unix:{self.socket_path('monitor')}",
                   "-gdb", f"unix:{self.socket_path('gdb')},server=on,wait=off"]
        prctl = ctypes.CDLL(None).prctl
        def as_child():
            prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            os.setpgid(0, 0)          # Ctrl-C is gdb's
        self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, preexec_fn=as_child)
        listener.settimeout(60)
        try:
            self.monitor = listener.accept()[0].makefile("rw")
        except socket.timeout as error:
            raise RecordingError(f"{self.folder}: QEMU does not start: {self.qemu.stderr.read().decode()}") from error
        finally:
            listener.close()
        self.monitor.readline()
        self.ask("qmp_capabilities")

    def stop(self):
        if self.qemu:
            self.qemu.kill()
            self.qemu.wait()
            try:
                self.monitor.close()
            except OSError:
                pass  # something was not sent
            self.qemu.stderr.close()
        self.qemu = None

    def end(self):
        self.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def message(self):
        try:
            line = self.monitor.readline()
        except OSError:  # it was reset
            line = None
        if not line:
            raise Ended(f"{self.folder}: QEMU has ended: {self.qemu.stderr.read().decode().strip()}")
        return json.loads(line)

    def ask(self, command, **given):
        """QEMU's answer to a command of its monitor (QMP)."""
        try:
            json.dump({"execute": command, "arguments": given}, self.monitor)
            self.monitor.flush()
        except OSError as error:
            raise Ended(f"{self.folder}: QEMU has ended") from error
        while True:
            message = self.message()
            if "error" in message:
                raise RecordingError(f"QEMU: {command}: {message['error']['desc']}")
            if "return" in message:
                return message["return"]

    def wait_stopped(self):
        while self.ask("query-status")["running"]:
            message = self.message()
            if message.get("event") in ("STOP", "SHUTDOWN"):
                continue

    def now(self):
        """How many instructions were executed."""
        return self.ask("query-replay")["icount"]

    def seek(self, count):
        """Goes on until so many instructions were executed, or to the end of the recording. No gdb is connected."""
        if count > self.now():
            self.ask("replay-seek", icount=count)
            self.wait_stopped()

    def find_end(self):
        """How many instructions there are, or up to LAST_STEP fewer. A guest that powers off ends QEMU: so it is asked
        where it is as long as it runs, and then, from the last answer on, run to the end in smaller and smaller steps."""
        if "end" in self.about:
            return self.about["end"]
        last = 0
        try:
            self.ask("cont")
            while self.ask("query-status")["running"]:
                last = self.now()
            last = self.now()
        except Ended:
            step = FIRST_STEP
            while step >= LAST_STEP:
                self.start()
                try:
                    while True:
                        self.seek(last + step)
                        if self.now() < last + step:  # stopped by itself
                            break
                        last += step
                except Ended:
                    pass
                step //= 20
        self.start()
        self.about["end"] = last
        with open(os.path.join(self.folder, "machine.json"), "w", encoding="utf-8") as file:
            json.dump(self.about, file, indent=4)
        return last

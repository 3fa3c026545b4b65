"""QEMU as a child process, and the byte streams between it and us."""

import contextlib
import ctypes
import errno
import fcntl
import glob
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from lib import die, is_native, say
from terminal import is_in_foreground

QEMU = "qemu-system-riscv64"
TIMED_OUT = 124  # as timeout(1)
LIBC = ctypes.CDLL(None)
STARTED = time.monotonic()


def die_with_parent():
    """In a child: has the kernel kill it when this process ends, however it does."""
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def read_some(fd):
    """What there is to read, waited for; nothing at the end of the file."""
    while True:
        try:
            return os.read(fd, 65536)
        except BlockingIOError:  # whoever has the same open file left it O_NONBLOCK
            select.select([fd], [], [])


def write_all(fd, data):
    while data:
        try:
            data = data[os.write(fd, data):]
        except BlockingIOError:
            select.select([], [fd], [])


def input_fd():
    """Our stdin, or /dev/null for a background job, which a read of the terminal would stop."""
    if os.isatty(0) and not is_in_foreground():
        return os.open(os.devnull, os.O_RDONLY)
    return 0


class Channel:
    """A byte stream from or to QEMU: one end of a socket pair, whose other end QEMU inherits."""

    def __init__(self, name):
        self.name = name
        self.ours, self.qemus = socket.socketpair()
        self.received = 0
        self.progress = threading.Condition()
        self.closed = False

    def chardev(self):
        return ["-chardev", f"socket,id={self.name},fd={self.qemus.fileno()}"]

    def read_into(self, sink):
        """Starts a thread that hands all that arrives to `sink`, which may block."""
        def relay():
            try:
                while data := self.ours.recv(65536):
                    sink(data)
                    with self.progress:
                        self.received += len(data)
                        self.progress.notify_all()
            except OSError:
                pass  # QEMU has ended
            with self.progress:
                self.closed = True
                self.progress.notify_all()
        threading.Thread(target=relay, daemon=True).start()

    def wait_for(self, count):
        """Waits until `count` bytes have been handed on, or no more can come."""
        with self.progress:
            self.progress.wait_for(lambda: self.closed or self.received >= count)

    def write(self, data):
        """Sends all of `data`, or as much as QEMU takes before it ends."""
        try:
            self.ours.sendall(data)
        except OSError:
            pass

    def _read(self, fd):
        try:
            return read_some(fd)
        except OSError as error:
            if error.errno not in (errno.EBADF, errno.EIO):  # closed; a terminal that has gone
                say(f"{self.name}: {error.strerror}")
            return b""

    def write_from(self, fd, end=None):
        """Starts a thread that sends all of `fd`, then the bytes `end`, or else an end of file.
        After an end of file QEMU drops what it would send us on this channel."""
        def relay():
            try:
                while data := self._read(fd):
                    self.ours.sendall(data)
                if end:
                    self.ours.sendall(end)
                else:
                    self.ours.shutdown(socket.SHUT_WR)  # a full close would drop what QEMU has not read yet
            except OSError:
                pass  # QEMU has ended
        threading.Thread(target=relay, daemon=True).start()


class PipeChannel(Channel):
    """One by two pipes that QEMU opens by their names: what comes over an inherited socket is not in its recordings;
    and a socket that is read late takes few bytes, which one run after another would notice."""

    def __init__(self, name):
        super().__init__(name)
        self.folder = tempfile.mkdtemp(prefix="duet-")  # for this user alone
        self.path = os.path.join(self.folder, name)
        for end in ("in", "out"):
            os.mkfifo(f"{self.path}.{end}")

    def connect(self, machine):
        """When QEMU has been started: waits until it has opened them, or has ended."""
        opened = threading.Event()
        threading.Thread(target=self._serve, args=(opened,), daemon=True).start()
        while not opened.wait(0.1):
            if machine.process.poll() is not None:
                os.close(os.open(f"{self.path}.out", os.O_RDWR | os.O_NONBLOCK))  # that is who it waits for then
        shutil.rmtree(self.folder)

    def _serve(self, opened):
        out = os.open(f"{self.path}.out", os.O_RDONLY)
        fcntl.fcntl(out, 1031, 1 << 20)  # F_SETPIPE_SZ: QEMU never waits for us
        into = os.open(f"{self.path}.in", os.O_RDWR)
        opened.set()

        def relay():
            while data := self.qemus.recv(65536):
                write_all(into, data)
        threading.Thread(target=relay, daemon=True).start()
        try:
            while data := read_some(out):
                self.qemus.sendall(data)
        except OSError:
            pass  # our side has ended
        self.qemus.shutdown(socket.SHUT_WR)


class Listener:
    """A Unix socket for this user alone, on which QEMU waits for a program."""

    def __init__(self, name, path):
        self.name, self.path = name, path
        self.lock = open(f"{path}.lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            die(f"{path}: another run uses it")
        if os.path.exists(path):  # left by a run that was killed: we hold the lock
            os.unlink(path)
        self.qemus = socket.socket(socket.AF_UNIX)
        folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_PATH)
        before = os.umask(0o177)
        self.qemus.bind(f"/proc/self/fd/{folder}/{os.path.basename(path)}")  # a socket's path has 107 bytes at most
        os.umask(before)
        os.close(folder)
        self.qemus.listen(1)

    @staticmethod
    def is_used(path):
        """Whether a run that has not ended listens there."""
        try:
            with open(f"{path}.lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return is_native() and os.path.exists(path)  # duet itself listens
        except BlockingIOError:
            return True
        return False

    def chardev(self):
        return ["-chardev", f"socket,id={self.name},fd={self.qemus.fileno()},server=on,wait=off"]

    def remove(self):
        os.unlink(self.path)
        self.lock.close()


class Relay(Channel):
    """A port that is open from the beginning, whose other end is the first program to connect at a Unix
    socket: gdbserver takes a port that is not open for one that was hung up."""

    def __init__(self, name, path):
        super().__init__(name)
        self.listener = Listener(name, path)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        self.client, _ = self.listener.qemus.accept()
        self.read_into(self.client.sendall)
        self.write_from(self.client.fileno())
        self.wait_for(float("inf"))
        self.client.shutdown(socket.SHUT_RDWR)

    def remove(self):
        self.listener.remove()


class Machine:
    """QEMU, what it says, and its end. Always ends with this process."""

    def __init__(self, options):
        self.options = options
        self.log = bytearray()     # what firmware and kernel say, and QEMU's errors
        self.errors = bytearray()  # QEMU's errors alone
        self.timed_out = False
        self.unwritten = None      # what could not be written, and the error
        self.process = None

    def start(self, arguments, channels):
        if not shutil.which(QEMU):
            die(f"{QEMU} is missing: run scripts/setup run")
        self.process = subprocess.Popen(
            [QEMU, "-display", "none", "-monitor", "none", "-nodefaults", "-no-reboot", *arguments],
            pass_fds=[channel.qemus.fileno() for channel in channels],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=die_with_parent,
            start_new_session=self.options.debug or self.options.debug_vmm)  # Ctrl-C is gdb's alone
        for channel in channels:
            channel.qemus.close()
        self.error_reader = threading.Thread(target=self._read_errors, daemon=True)
        self.error_reader.start()
        if self.options.timeout:
            left_s = max(0, STARTED + self.options.timeout - time.monotonic())
            timer = threading.Timer(left_s, self._time_out)
            timer.daemon = True
            timer.start()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors += line
            self.log_line(line)

    def _time_out(self):
        self.timed_out = True
        self.end()

    def log_line(self, data):
        self.log += data
        if self.options.verbose:
            self.write(2, data)

    def write(self, fd, data):
        """Writes all of `data` to our own stdout or stderr."""
        self.keep({1: "stdout", 2: "stderr"}[fd], lambda: write_all(fd, data))

    def keep(self, name, write):
        """Calls `write`, which writes to the file `name`. If it cannot, the run ends: see verdict()."""
        if self.unwritten:
            return
        try:
            write()
        except OSError as error:
            self.unwritten = name, error
            self.end()

    def processor_s(self):
        """The processor time that QEMU has used so far; proc(5)."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def waited_s(self):
        """How long QEMU's threads that there are have waited for a processor that others had; sched-stats.rst in
        Linux's documentation. 0 where Linux does not count it."""
        waited_ns = 0
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"):
            with contextlib.suppress(OSError), open(path) as file:  # a thread may end
                waited_ns += int(file.read().split()[1])
        return waited_ns / 1e9

    def first_error(self):
        return self.errors.decode(errors="replace").partition("\n")[0]

    def end(self):
        self.process.kill()

    def wait(self):
        status = self.process.wait()
        self.error_reader.join()
        return status

    def verdict(self, status):
        """The run's exit status; None means that the guest gave none."""
        if self.unwritten:
            name, error = self.unwritten
            if isinstance(error, BrokenPipeError):
                return 128 + signal.SIGPIPE
            die(f"{name}: {error.strerror}")
        if self.timed_out:
            die(f"no end after {self.options.timeout:g} s: stopped", TIMED_OUT)
        if status == 0 and (end := re.search(rb"terminating on signal (\d+)", self.errors)):
            return 128 + int(end[1])  # QEMU that was asked to end says so, and no more
        if status is None:
            tail = self.log.decode(errors="replace").splitlines()[-25:]
            if not self.options.verbose:
                print("\n".join(tail), file=sys.stderr)
            die("QEMU or the host Linux ended without a result; its last messages are above")
        return status


class Monitor(Channel):
    """QEMU's control channel (its docs/interop/qmp-spec)."""

    def __init__(self):
        super().__init__("monitor")
        self.lines = self.ours.makefile("rb")

    def chardev(self):
        return [*super().chardev(), "-mon", "chardev=monitor,mode=control"]

    def _next(self):
        line = self.lines.readline()
        if not line:
            raise EOFError("QEMU ended")
        return json.loads(line)

    def start(self):
        self._next()  # its greeting
        self.execute("qmp_capabilities")

    def execute(self, command, fds=(), **arguments):
        """Runs a command, gives what it returns; `fds` go along."""
        request = json.dumps({"execute": command, "arguments": arguments}).encode()
        socket.send_fds(self.ours, [request], list(fds))
        while True:
            answer = self._next()
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def wait_for(self, event, **ends):
        """Waits for an event whose data has one of these values: wait_for("MIGRATION", status=("completed",
        "failed")). Gives its data."""
        while True:
            message = self._next()
            data = message.get("data", {})
            if message.get("event") == event and all(data.get(name) in values for name, values in ends.items()):
                return data

"""What the Python scripts share: where things are, messages, progress, and the cpio format."""

import os
import platform
import sys
import threading
import time

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(SCRIPTS)
BUILD = os.environ.get("DUET_BUILD") or os.path.join(ROOT, "build")  # make's B
GDB_SOCKET = os.path.join(BUILD, "gdb.sock")  # where gdb finds a guest that waits for it
NAME = os.path.basename(sys.argv[0])


def say(text):
    """A line on stderr. What Progress shows there makes room for it."""
    try:
        with Progress.writing:
            sys.stderr.write(f"{Progress.erase}{NAME}: {text}\n")
            sys.stderr.flush()
    except OSError:
        pass  # nobody can be told; the exit status says it


def die(text, status=127):
    say(text)
    sys.exit(status)


def need_file(path, cure):
    if not os.path.isfile(path):
        die(f"no file {path}: {cure}")
    if not os.access(path, os.R_OK):
        die(f"cannot read {path}: check its permissions")


def cache_dir():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "duet")


def packages(group):
    """The packages that scripts/packages lists for a group."""
    with open(os.path.join(SCRIPTS, "packages")) as table:
        rows = (line.split() for line in table if not line.startswith("#"))
        return [row[1] for row in rows if row and row[0] == group]


def is_native():
    """True where KVM for RISC-V is at hand, so that neither QEMU nor a host Linux is needed."""
    return platform.machine() == "riscv64" and os.access("/dev/kvm", os.R_OK | os.W_OK)


class Progress:
    """Shows on a terminal what is being done, and for how long; erased when done. One at a time."""

    writing = threading.Lock()
    erase = ""  # what takes the text away that is shown now

    def __init__(self, text, shown=True):
        self.text = text
        self.start = time.monotonic()
        self.over = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)
        if shown and sys.stderr.isatty():
            self.ticker.start()

    def _tick(self):
        while True:
            self._write(f"\r\033[K{self.text} ... {self.seconds():.0f} s", "\r\033[K")
            if self.over.wait(0.5):
                break
        self._write("\r\033[K", "")

    def _write(self, text, erase):
        with Progress.writing:
            sys.stderr.write(text)
            sys.stderr.flush()
            Progress.erase = erase

    def seconds(self):
        return time.monotonic() - self.start

    def end(self):
        self.over.set()
        if self.ticker.ident:
            self.ticker.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Archive:
    """Writes a cpio archive in the kernel's "newc" format (Documentation/driver-api/early-userspace)."""

    DIRECTORY, FILE, LINK, CHARACTER_DEVICE = 0o040000, 0o100000, 0o120000, 0o020000

    def __init__(self, out):
        self.out = out
        self.inode = 0
        self.made = set()

    def entry(self, name, mode, data=b"", device=(0, 0)):
        """Adds an entry, and the folders above it. `name` has no leading slash."""
        folder = os.path.dirname(name)
        if folder and folder not in self.made:
            self.entry(folder, self.DIRECTORY | 0o755)
        self.made.add(name)
        self.inode += 1
        path = name.encode() + b"\0"
        links = 2 if mode & self.DIRECTORY == mode & ~0o7777 else 1
        fields = (self.inode, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(path), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in (header + path, data):
            self.out.write(part + bytes(-len(part) % 4))

    def file(self, name, source):
        """Adds the file `source` under its own permissions."""
        with open(source, "rb") as file:
            self.entry(name, self.FILE | os.fstat(file.fileno()).st_mode & 0o777, file.read())

    def finish(self):
        self.entry("TRAILER!!!", 0)

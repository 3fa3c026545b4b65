"""A disk of the guest's: a file here, a virtio disk of the host Linux, an image for duet."""

import fcntl
import os
import shlex

from lib import die, need_file

DISKS_MAX = 4  # abi/hypercalls.h
SECTOR = 512   # bytes; abi/disk.h


class Disk:
    """An image for the guest: what --disk says."""

    def __init__(self, number, text):
        self.read_only = text.endswith(",ro")
        self.path = text.removesuffix(",ro")
        self.name = f"disk{number}"
        # A job's name for it; duet has it by its own name, for its messages.
        self.host_path = f"/disk/{number}/{os.path.basename(self.path)}"

    def check(self):
        """Refuses what QEMU would refuse in words of its own, or not at all."""
        need_file(self.path, "check the name; truncate -s 64M makes an empty one")
        if not self.read_only and not os.access(self.path, os.W_OK):
            die(f"{self.path}: cannot be written; --disk={self.path},ro reads it only")
        size = os.path.getsize(self.path)
        if size == 0 or size % SECTOR:
            die(f"{self.path}: its size, {size} bytes, is not a multiple of {SECTOR}: make it so with truncate -s")
        with open(self.path, "rb" if self.read_only else "r+b") as file:
            try:
                fcntl.lockf(file, (fcntl.LOCK_SH if self.read_only else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                die(f"{self.path}: is in use by another machine: end that one first, or give each its own copy")

    def qemu_arguments(self):
        """A disk of the host Linux: what is written goes to the file, what is discarded makes a hole in it."""
        escaped = self.path.replace(",", ",,")
        return ["-drive", f"if=none,id={self.name},format=raw,discard=unmap,file={escaped}"
                          f"{',readonly=on' if self.read_only else ''}",
                "-device", f"virtio-blk-pci,drive={self.name},serial={self.name}"]

    def host_setup(self, path):
        """Job lines that give it this name too; host-init has found it by its serial number."""
        return (f"mkdir -p {shlex.quote(os.path.dirname(path))}\n"
                f"ln -sf /dev/duet.{self.name} {shlex.quote(path)}\n")

    def duet_option(self, path):
        return f"--disk={path}{',ro' if self.read_only else ''}"

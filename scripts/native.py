"""Runs duet and jobs on this machine itself, which is a RISC-V one with KVM.

A job gets what it has in the host Linux elsewhere: it is root, in namespaces and a root folder of its own,
where nothing is but busybox, a few devices, and the job's files. They go with it.
"""

import os
import shlex
import shutil
import subprocess
import tempfile

from debugger import Debugger
from lib import die, need_file
from machine import TIMED_OUT, die_with_parent

BUSYBOX = "/usr/bin/busybox"
DEVICES = ("full", "kvm", "null", "random", "tty", "urandom", "zero")


def wait_for(process, limit_s):
    """The exit status of a process that is killed if it does not end in time, and when we end."""
    try:
        status = process.wait(limit_s)
        return status if status >= 0 else 128 - status
    except subprocess.TimeoutExpired:
        die(f"no end after {limit_s:g} s: stopped", TIMED_OUT)
    finally:
        process.kill()
        process.wait()


def run_duet(options, command):
    """Becomes duet, unless it has to be watched."""
    if options.debug:
        return debug(options, command)
    if options.debug_vmm:
        Debugger(options).start_native(command)
    if not options.timeout:
        os.execv(command[0], command)
    return wait_for(subprocess.Popen(command, preexec_fn=die_with_parent), options.timeout)


def debug(options, command):
    """gdb on a guest, of a duet that is started for it. Ctrl-C is gdb's alone."""
    debugger = Debugger(options)
    duet = subprocess.Popen(command, stdin=debugger.read_fd, stderr=subprocess.PIPE, bufsize=0,
                            start_new_session=True, preexec_fn=die_with_parent)
    relay = None
    try:
        for line in duet.stderr:
            os.write(2, line)
            if b"waiting for gdb" in line:
                relay = subprocess.Popen(["cat"], stdin=duet.stderr, stdout=2)
                debugger.run()
                return 0
        return wait_for(duet, None)
    finally:
        duet.kill()
        duet.wait()
        if relay:
            relay.wait()


def run_job(options, job, files, _, trace):
    """Runs the job, an sh script, with these files ({destination: source}); gives its exit status."""
    need_file(BUSYBOX, "run scripts/setup run")
    if options.icount or options.qemu_opt:
        die("--icount and --qemu-opt are QEMU's; this machine is a RISC-V one with KVM and runs without")
    if options.gdb and os.path.lexists(options.gdb):
        die(f"{options.gdb}: exists; remove it, unless another run uses it")
    with tempfile.TemporaryDirectory(prefix="duet-") as folder:
        root = os.path.join(folder, "root")
        os.mkdir(root)
        os.chmod(root, 0o755)  # also for the user that duet becomes

        def place(destination):
            path = os.path.join(root, destination.lstrip("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            return path

        for name in ("proc", "tmp"):
            os.mkdir(place(name))
        for destination, source in {"/bin/busybox": BUSYBOX, **files}.items():
            need_file(source, "check the name")
            shutil.copy(source, place(destination))
        with open(place("job"), "w") as file:
            file.write(job)

        shared = {f"/dev/{name}": f"/dev/{name}" for name in DEVICES}
        shared.update({f"/dev/duet.{disk.name}": os.path.abspath(disk.path) for disk in options.disks})
        if trace:
            shared[trace.host_path] = os.path.abspath(options.trace)
        setup = ["set -e", "PATH=$PATH:/usr/sbin:/sbin", "mount -t proc proc proc"]
        for destination, source in shared.items():
            open(place(destination), "w").close()
            setup.append(f"mount --bind {shlex.quote(source)} .{destination}")
        setup += ["chroot . /bin/busybox --install -s /bin",
                  "exec chroot . /bin/busybox env -i PATH=/bin:/duet HOME=/ sh /job"]
        if options.gdb:  # duet makes this socket
            os.symlink(place("dev/duet.gdb"), options.gdb)
        try:
            namespaces = ["--mount", "--pid", "--net", "--fork", "--kill-child"]
            if os.getuid() != 0:
                namespaces += ["--user", "--map-auto", "--map-root-user"]
            command = ["unshare", *namespaces, "sh", "-c", "\n".join(setup)]
            return wait_for(subprocess.Popen(command, cwd=root, preexec_fn=die_with_parent), options.timeout)
        finally:
            if options.gdb:
                os.unlink(options.gdb)

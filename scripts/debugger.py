"""gdb on the guest, or on duet itself."""

import os
import shlex
import shutil
import signal
import subprocess

from lib import BUILD, SCRIPTS, die, is_native

DUET = os.path.join(BUILD, "vmm/duet")
TOYOS = os.path.join(BUILD, "toyos/toyos.elf")
TOYOS_DEBUG = os.path.join(BUILD, "toyos/debug/toyos.elf")

# Job lines that join gdbserver, which can listen at a loopback port but not write to a virtio-serial port,
# with ours.
GDBSERVER_BRIDGE = """ip link set lo up
exec 5<>/dev/duet.gdb
until nc 127.0.0.1 1 <&5 >&5 2>/dev/null; do usleep 50000; done &
exec 5>&-
"""

# gdb leaves alone the signal that duet sends its own threads (vmm/machine/vcpu.h).
KICKS = "handle SIGUSR2 nostop noprint pass"

GO = f"source {os.path.join(SCRIPTS, 'gdb-go.py')}"


class Debugger:
    """gdb in this terminal, on what waits at a socket."""

    def __init__(self, options):
        self.options = options
        self.read_fd, self.write_fd = os.pipe()  # the keyboard of the guest: gdb has the terminal

    @staticmethod
    def gdb():
        return shutil.which("gdb-multiarch") or (shutil.which("gdb") if is_native() else None) or \
            die("gdb-multiarch is missing: run scripts/setup gdb")

    def look(self, core):
        """Becomes gdb, on a core file of the guest's."""
        commands = ["set confirm off", f"set sysroot {BUILD}/none", f"python core = {core!r}",
                    f"source {os.path.join(SCRIPTS, 'gdb-core.py')}"]
        if os.path.abspath(self.options.guest) in (TOYOS, TOYOS_DEBUG):
            commands += [f"source {os.path.join(SCRIPTS, 'gdb-toyos.py')}"]
        os.execv(self.gdb(), [self.gdb(), "-q", self.options.guest,
                              *[word for text in commands for word in ("-ex", text)]])

    def command(self):
        vmm = self.options.debug_vmm
        program = DUET if vmm else self.options.guest
        commands = ["set confirm off", "set remotetimeout 60", f"set sysroot {BUILD}/none"]
        if vmm:  # its own signals: kicks of vCPUs
            commands += [KICKS]
        else:  # there are no hardware watchpoints; gdb steps instead
            commands += ["set remote hardware-watchpoint-limit 0", "set remote hardware-breakpoint-limit 0"]
        if os.path.abspath(program) in (TOYOS, TOYOS_DEBUG):
            commands += [f"source {os.path.join(SCRIPTS, 'gdb-toyos.py')}"]
        commands += [f"target remote {os.path.relpath(self.options.gdb)}"]
        place = self.options.place or ("main" if vmm else None)
        commands += [GO, f"go {place}"] if place else []
        arguments = [word for text in commands for word in ("-ex", text)]
        return [self.gdb(), "-q", program, *arguments]

    def attach(self):
        """Becomes gdb, on the guest of another terminal."""
        command = self.command()
        os.execv(command[0], command)

    def start_native(self, duet):
        """Becomes gdb, on duet that it starts itself, and that has the keyboard of other guests in gdb."""
        for fd in (self.read_fd, self.write_fd):
            os.set_inheritable(fd, True)
        commands = ["set confirm off", KICKS, f"starti {shlex.join(duet[1:])} </proc/self/fd/{self.read_fd}",
                    GO, f"go {self.options.place or 'main'}"]
        arguments = [word for text in commands for word in ("-ex", text)]
        os.execv(self.gdb(), [self.gdb(), "-q", *arguments, duet[0]])

    def run(self):
        """Runs gdb until it ends. Ctrl-C is for it."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.set_inheritable(self.write_fd, True)
        try:
            subprocess.run(self.command(), env={**os.environ, "DUET_KEYBOARD": str(self.write_fd)}, close_fds=False,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), check=False)
        finally:
            signal.signal(signal.SIGINT, before)

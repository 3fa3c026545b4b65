"""Whether a QEMU that computes for a candidate has hung.

Not by the time: QEMU has as much of a processor as other programs leave it.
"""

import os

TICK_S = 0.5
IDLE_TICKS = 120  # none of its threads had anything to do in any of them
BUSY_S = 600      # of a processor, for one run: a guest that only faults takes 200 to its limit of instructions


def qemu_below(pid):
    """The process id of the QEMU that `pid` is or has started, or None."""
    try:
        with open(f"/proc/{pid}/comm") as comm:
            if comm.read().startswith("qemu-system"):
                return pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return next(filter(None, map(qemu_below, map(int, children.read().split()))), None)
    except (FileNotFoundError, ProcessLookupError):
        return None  # it has ended


class Watch:
    """Watches the QEMU below the process `pid` during a run, which may take `busy_s` of a processor."""

    def __init__(self, pid, busy_s, idle_ticks=None):
        self.pid, self.busy_s = pid, busy_s
        self.idle_ticks_max = IDLE_TICKS if idle_ticks is None else idle_ticks
        self.qemu = self.before_s = None
        self.used_s = 0  # of a processor, since the first look
        self.idle_ticks = 0

    def hung(self):
        """To be called each TICK_S: what is wrong, or None."""
        self.qemu = self.qemu or qemu_below(self.pid)
        try:
            states, used_s = self._look()
        except (FileNotFoundError, ProcessLookupError, TypeError):
            return None  # it has ended, which is seen elsewhere
        if self.before_s is None:
            self.before_s = used_s
        self.idle_ticks = self.idle_ticks + 1 if states <= set("STt") else 0
        if self.idle_ticks > self.idle_ticks_max:
            return "does nothing any more"
        self.used_s = used_s - self.before_s
        if self.used_s > self.busy_s:
            return f"has computed for {self.busy_s} s without an end"
        return None

    def _look(self):
        """The states of its threads, and the processor time that it has used; proc(5)."""
        folder = f"/proc/{self.qemu}/task"
        states, ticks = set(), 0
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            states.add(fields[0])
            ticks += int(fields[11]) + int(fields[12])
        return states, ticks / os.sysconf("SC_CLK_TCK")

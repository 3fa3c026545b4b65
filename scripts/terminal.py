"""The terminal that a run is started at."""

import fcntl
import os
import signal
import sys
import termios
import threading


def is_in_foreground():
    """Whether the terminal at our stdin is ours to read and to set: a background job that does is stopped."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:  # it is no job's: nobody stops us
        return True


class Terminal:
    """Changes the terminal for a run, and puts it back as it was however the run ends."""

    def __enter__(self):
        self.before = termios.tcgetattr(0) if os.isatty(0) else None
        self.flags = {fd: fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (0, 1, 2)}
        self.now = None
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        return self

    def __exit__(self, *_):
        self.now = None
        if self.before and is_in_foreground():
            termios.tcsetattr(0, termios.TCSADRAIN, self.before)
        for fd, flags in self.flags.items():  # our parent has the same open files
            fcntl.fcntl(fd, fcntl.F_SETFL, flags)

    def hold_keys(self):
        """Keys are kept for the guest, which does not run yet, and are not shown. Ctrl-C ends the run."""
        self._set(0)

    def give_keys(self):
        """All keys are the guest's, also Ctrl-C."""
        self._set(termios.ISIG)

    def _set(self, no_signals):
        now = termios.tcgetattr(0)
        now[0] &= ~(termios.IGNBRK | termios.BRKINT | termios.PARMRK | termios.ISTRIP | termios.INLCR |
                    termios.IGNCR | termios.ICRNL | termios.IXON)
        now[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN | no_signals)
        now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
        termios.tcsetattr(0, termios.TCSANOW, now)
        self.now = now
        if not self.watcher.ident:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCONT})  # else any thread may get it
            self.watcher.start()

    def _watch(self):
        """Sets the terminal again when a shell had stopped the run, and set it for itself."""
        while signal.sigwait({signal.SIGCONT}):
            if self.now and is_in_foreground():
                termios.tcsetattr(0, termios.TCSANOW, self.now)

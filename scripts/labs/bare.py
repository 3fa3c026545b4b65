"""Runs of a candidate's program on QEMU's bare machine, without a host Linux.

The program is a guest of QEMU's, as hostile as any: it has no way out but its console and the exit status. QEMU itself
says what traps it saw. A run's limit is QEMU's processor time, so that a busy machine makes no difference. Instructions
are not counted: with -icount, QEMU 7.2 spins when a guest waits for input alone.
"""

import os
import re
import secrets
import select
import signal
import subprocess
import tempfile

from machine import QEMU, Channel, die_with_parent
from labs.checks import FAILED, TIMED_OUT, Result, Trap
from labs.watch import TICK_S, Watch

OUTPUT_BYTES = 256 << 10  # of the console, the firmware's banner among it
TRAPS_BYTES = 64 << 20   # of QEMU's log of them: some 400,000
MEMORY = "128M"
IDLE_TICKS = 40          # 20 s without output, in which QEMU only sleeps: nothing will come any more
TRAP = re.compile(rb"async:(\d), cause:([0-9a-f]+), epc:0x([0-9a-f]+), tval:0x([0-9a-f]+)")


class NoAnswer(Exception):
    """QEMU did not do what the grader needs; no candidate can cause that."""


def bare_execute(runs, reference):
    """Makes the runs, pairs (trial, run), one after the other; yields (trial, result)."""
    for trial, run in runs:
        owner = trial.candidate if run.guest in trial.candidate.files else reference
        with tempfile.TemporaryDirectory(prefix="duet-grade-") as folder:
            guest = owner.files.get(run.guest)
            if run.image is not None:
                guest = os.path.join(folder, "guest")
                with open(guest, "wb") as file:
                    file.write(run.image)
            yield trial, bare_run(run, trial.candidate.files[run.program], guest, folder)


def bare_run(run, program, guest, folder):
    """The Result of one run."""
    uart, log = Channel("uart"), os.path.join(folder, "traps")
    mark = secrets.token_hex(8)  # the program prints it on its first line: before it, the firmware speaks
    command = ["prlimit", f"--cpu={run.limit}:{run.limit + 5}", f"--fsize={TRAPS_BYTES}", "--core=0",
               QEMU, "-machine", "virt", "-cpu", "rv64,h=true", "-m", MEMORY, "-display", "none", "-monitor", "none",
               "-nodefaults", "-no-reboot",
               "-kernel", program, "-initrd", guest, "-append", " ".join([f"mark={mark}", *run.args]),
               *uart.chardev(), "-serial", "chardev:uart"]
    command += ["-d", "int", "-D", log] if run.traps else []
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                                   pass_fds=[uart.qemus.fileno()], preexec_fn=die_with_parent)
        uart.qemus.close()
        try:
            out, why = talk(process, uart.ours, mark.encode(), run.stdin)
        finally:
            process.kill()
            status = process.wait()
            uart.ours.close()
        errors.seek(0)
        return result_of(status, out, errors.read(), why, traps_read(log) if run.traps else [])


def talk(process, uart, mark, stdin):
    """Gives what came behind the mark's line, and why the run was stopped, if it was: (outcome, text)."""
    first_line = re.compile(re.escape(mark) + rb"\r?\n")
    watch, data, begin = Watch(process.pid, float("inf"), IDLE_TICKS), bytearray(), None

    def out():
        return b"" if begin is None else bytes(data[begin:]).replace(b"\r\n", b"\n")

    while True:
        if not select.select([uart], [], [], TICK_S)[0]:
            if watch.hung():
                return out(), (TIMED_OUT, "the run waits for what does not come any more; until then it printed "
                                          f"{(out() or bytes(data))[-200:]!r}")
            continue
        try:
            piece = uart.recv(65536)
            data += piece
            if begin is None and (found := first_line.search(data)):
                begin = found.end()
                uart.sendall(stdin)
        except (BrokenPipeError, ConnectionResetError):
            piece = b""  # QEMU has ended
        if not piece:
            return out(), None
        if len(data) > OUTPUT_BYTES:
            return out(), (FAILED, f"it printed more than {OUTPUT_BYTES >> 10} KiB")
        watch = Watch(process.pid, float("inf"), IDLE_TICKS)  # something has happened


def result_of(status, out, errors, why, traps):
    """The Result of a run that ended with `status`, which is negative if a signal ended QEMU."""
    if why:
        return Result(None, out, errors, *why)
    if status == -signal.SIGKILL:
        raise NoAnswer("QEMU was killed")
    if status == -signal.SIGXCPU:
        return Result(None, out, errors, TIMED_OUT, "the run did not end within its limit of processor time")
    if status == -signal.SIGXFSZ:
        return Result(None, out, errors, FAILED, "the run made more traps than QEMU's log may hold")
    if status < 0:
        return Result(None, out, errors, FAILED, f"QEMU crashed: {errors.decode(errors='replace')[-300:]}")
    result = Result(status, out, errors)
    result.traps = traps
    return result


def traps_read(log):
    """What QEMU wrote into its log with `-d int`."""
    if not os.path.exists(log):
        return []
    with open(log, "rb") as file:
        return [Trap(found[1] == b"1", *(int(word, 16) for word in found.groups()[1:]))
                for found in TRAP.finditer(file.read())]

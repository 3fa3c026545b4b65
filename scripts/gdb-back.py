"""gdb's commands on a recording (recording.py): back, back-step, back-continue, back-watch, when, goto.

QEMU's own commands that go back do not come to an end. Here each way back is one forward: a new QEMU replays the
recording from its beginning, to a moment that is counted in instructions. What is looked for (a breakpoint, a change of
memory, another line) is looked for in a stretch before the present moment, then in ten times as long a one, and so on."""

import os

import gdb

from recording import RecordingError, Replay

FIRST_STRETCH = 10000  # instructions, for breakpoints and watchpoints
STEP_STRETCH = 100     # for lines: each of these is a step of gdb's
STEPS_MAX = 20000

replay = None
end = None  # of the recording


def quietly(command):
    """What the command says, also of stops on the way, is not shown."""
    gdb.flush()
    shown, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        gdb.execute(command, to_string=True)
    finally:
        gdb.flush()
        os.dup2(shown, 1)
        os.close(shown)
        os.close(null)


class NoBreakpoints:
    """For as long as it is entered, the person's breakpoints are off."""

    def __enter__(self):
        self.points = [point for point in gdb.breakpoints() if point.enabled]
        for point in self.points:
            point.enabled = False

    def __exit__(self, *_):
        for point in self.points:
            point.enabled = True


def detach():
    try:
        quietly("disconnect")
    except gdb.error:
        pass  # it is not connected


def attach():
    quietly(f"target remote {replay.socket_path('gdb')}")


def go(count):
    """To the moment at which so many instructions were executed."""
    detach()
    if count < replay.now():
        replay.start()
    replay.seek(count)
    attach()


def show():
    print(f"{replay.now()} instructions of {end}")
    gdb.execute("frame")


def pause_at(count):
    """Has whatever goes on from here stop then."""
    replay.ask("replay-break", icount=count)


def last_stop(limit):
    """Goes on from breakpoint to breakpoint, until so many instructions were executed. The last moment before that at
    which it stopped; None if there was none."""
    last = None
    pause_at(limit)
    while True:
        before = replay.now()
        quietly("continue")
        now = replay.now()
        if now >= limit or now == before:
            return last
        last = now
        pause_at(limit)  # the stop has taken it away


def search(limit, what):
    """Goes to the last stop before the moment `limit`; if there is none, it stays there."""
    stretch, until = FIRST_STRETCH, limit
    while until > 0:
        begin = max(0, limit - stretch)
        go(begin)
        found = last_stop(until)
        if found is not None:
            go(found)
            return True
        stretch, until = 10 * stretch, begin
    go(limit)
    print(f"{what} since the beginning")
    return False


class Command(gdb.Command):
    """What the commands share: they need a recording, and their mistakes are a line."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_RUNNING)

    def invoke(self, arg, from_tty):
        if not replay:
            raise gdb.GdbError("there is no recording: make gdb-back REPLAY=FOLDER")
        try:
            self.serve(arg.strip())
        except (RecordingError, gdb.error) as error:
            raise gdb.GdbError(str(error))


class Back(Command):
    """back [N]: one instruction back, or N."""

    def serve(self, arg):
        count = int(gdb.parse_and_eval(arg)) if arg else 1
        go(max(0, replay.now() - count))
        show()


class Goto(Command):
    """goto N: to the moment at which N instructions were executed; `goto end`."""

    def serve(self, arg):
        count = end if arg == "end" else int(gdb.parse_and_eval(arg or "0"))
        if not 0 <= count <= end:
            raise gdb.GdbError(f"the recording has instructions 0 to {end}")
        go(count)
        show()


class When(Command):
    """when: how many instructions were executed by now, and by the end of the recording."""

    def serve(self, arg):
        print(f"{replay.now()} instructions of {end}")


class BackContinue(Command):
    """back-continue: to the last time before that a breakpoint was reached."""

    def serve(self, arg):
        if not any(point.enabled for point in gdb.breakpoints()):
            raise gdb.GdbError("there is no breakpoint: set one first")
        if search(replay.now(), "no breakpoint was reached"):
            show()


class BackWatch(Command):
    """back-watch EXPR: to where the value of EXPR was changed last."""

    def serve(self, arg):
        if not arg:
            raise gdb.GdbError("which expression? As in: back-watch list->next")
        where = gdb.parse_and_eval(arg)
        if where.address is None:
            raise gdb.GdbError(f"{arg}: is not in memory")
        # By its address: the expression may mean something else at other times.
        place = f"*({where.type} *) {int(where.address)}"
        with NoBreakpoints():
            watch = gdb.Breakpoint(place, gdb.BP_WATCHPOINT, gdb.WP_WRITE, internal=True)
            try:
                found = search(replay.now(), f"{arg} has not changed")
            finally:
                watch.delete()
        if found:
            print(f"{arg} has just been changed: it is {gdb.parse_and_eval(place)}")
            show()


def line_now():
    """The line that is executed, and its function; None where there is none."""
    frame = gdb.newest_frame()
    place = frame.find_sal()
    return (place.symtab.filename, place.line, frame.name()) if place.symtab and place.line else None


class BackStep(Command):
    """back-step: to the beginning of the line that was executed before this one."""

    def serve(self, arg):
        limit, stretch = replay.now(), STEP_STRETCH
        here = line_now()
        while True:
            begin = max(0, limit - stretch)
            go(begin)
            moments = []  # (instructions, line)
            with NoBreakpoints():
                while (now := replay.now()) < limit:
                    moments.append((now, line_now()))
                    quietly("stepi")
                    if replay.now() == now:
                        break
            while moments and moments[-1][1] in (here, None):
                moments.pop()
            if moments:
                line = moments[-1][1]
                while moments and moments[-1][1] == line:
                    found = moments.pop()[0]
                if moments or begin == 0:
                    go(found)
                    show()
                    return
            if begin == 0 or stretch >= STEPS_MAX:
                go(limit)
                raise gdb.GdbError(f"no other line in the {limit - begin} instructions before: set a breakpoint, and "
                                   "back-continue")
            stretch *= 5


def back_begin(folder):
    """Starts on a recording, at its end."""
    global replay, end
    try:
        replay = Replay(folder)
        end = replay.find_end()
    except RecordingError as error:
        print(error)
        gdb.execute("quit 1")
    go(end)
    print(f"At the end of the recording, {end} instructions from its beginning. back, back-step, back-continue and\n"
          "back-watch EXPR go back from here; when says where you are, goto N goes anywhere; help back-watch.")
    gdb.execute("frame")


def leave(_):
    if replay:
        detach()
        replay.end()


gdb.events.gdb_exiting.connect(leave)
for command, name in ((Back, "back"), (Goto, "goto"), (When, "when"), (BackContinue, "back-continue"),
                      (BackWatch, "back-watch"), (BackStep, "back-step")):
    command(name)

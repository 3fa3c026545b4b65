"""What gdb knows of toyos: its early code, its programs, and its keyboard. gdb reads this in `make gdb`."""

import glob
import os

import gdb

BUILD = os.environ.get("DUET_BUILD") or \
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build")
ENTRY = 0x80200000  # where the kernel is loaded, and runs until it turns paging on (toyos/kernel/boot/entry.S)
KEYBOARD = os.environ.get("DUET_KEYBOARD")  # a file descriptor that leads to the guest's console


def is_core_file():
    return gdb.selected_inferior().connection is not None and gdb.selected_inferior().connection.type == "core"


def running_process():
    """The struct proc of the process that gdb's hart is at, or None."""
    priv = gdb.parse_and_eval("$priv")
    # A core file does not have it; the kernel is in the upper half.
    priv = int(gdb.parse_and_eval("$pc")) >> 63 & 1 if priv.type.code == gdb.TYPE_CODE_VOID else int(priv)
    hart = "((struct hart *)$tp)" if priv else "(((struct trap_frame *)$sscratch)->hart)"
    try:
        thread = gdb.parse_and_eval(f"{hart}->thread")
        if not int(thread):
            return None
        process = thread["proc"]
        return process.dereference() if int(process) else None
    except gdb.error:  # too early, or not toyos
        return None


class ProcessName(gdb.Function):
    """$process(): the name of the process that this hart is at, "" if there is none."""

    def __init__(self):
        super().__init__("process")

    def invoke(self):
        process = running_process()
        return process["name"].string() if process else ""


class ProgramBreakpoint(gdb.Breakpoint):
    """Stops only in processes of one program: all have the same addresses."""

    def __init__(self, location, program):
        super().__init__(location)
        self.program = program

    def stop(self):
        process = running_process()
        return process is not None and process["name"].string() == self.program


class Loaded(gdb.Breakpoint):
    """A program is in memory, and has not begun: going on plants its breakpoints there."""

    def __init__(self):
        super().__init__("exec_loaded", internal=True)
        self.silent = True

    def stop(self):
        return False


class Program(gdb.Command):
    """program NAME [PLACE]: read the symbols of a program of toyos's, and stop in it at PLACE.

It may be a program that does not run yet. Programs share addresses, so there is one at a time; PLACE
(a function, FILE:LINE) stops only in processes of that program."""

    loaded = None
    hook = None

    def __init__(self):
        super().__init__("program", gdb.COMMAND_BREAKPOINTS)

    def complete(self, text, word):
        return [os.path.basename(path) for path in program_files() if os.path.basename(path).startswith(word)]

    def invoke(self, arg, from_tty):
        words = gdb.string_to_argv(arg)
        paths = [path for path in program_files() if words and os.path.basename(path) == words[0]]
        if len(words) not in (1, 2) or not paths:
            names = " ".join(sorted(os.path.basename(path) for path in program_files()))
            raise gdb.GdbError(f"program NAME [PLACE]; the names are: {names}")
        if Program.loaded:
            gdb.execute(f"remove-symbol-file {quoted(Program.loaded)}", to_string=True)
        gdb.execute(f"add-symbol-file {quoted(paths[0])}", to_string=True)
        Program.loaded = paths[0]
        if not Program.hook:
            Program.hook = Loaded()
        if len(words) == 2:
            ProgramBreakpoint(program_place(paths[0], words[1]), words[0])


def quoted(path):
    """A path as one word of a gdb command's."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def program_place(path, place):
    """The place as gdb needs it: in the program's own file, for the kernel and the library have names in
    common."""
    if ":" in place:
        return place
    objfile = gdb.lookup_objfile(path)
    symbol = objfile.lookup_global_symbol(place) or objfile.lookup_static_symbol(place)
    if not symbol:
        raise gdb.GdbError(f"{os.path.basename(path)} has no function {place}")
    return f"-function {place} -source {quoted(symbol.symtab.filename)}"


def monitor(command, line):
    """Has duet do it."""
    if is_core_file():
        raise gdb.GdbError(f"{command}: a core file is no guest that runs")
    return gdb.execute(f"monitor {line}", to_string=True)


class Type(gdb.Command):
    """type TEXT: type a line to the guest. It reads it when it goes on."""

    def __init__(self):
        super().__init__("type", gdb.COMMAND_RUNNING)

    def invoke(self, arg, from_tty):
        if not KEYBOARD:
            raise gdb.GdbError("the guest's console is in another terminal: type there")
        os.write(int(KEYBOARD), arg.encode() + b"\n")


class Walk(gdb.Command):
    """walk ADDRESS: the page table entries on the way to a virtual address (any expression)."""

    def __init__(self):
        super().__init__("walk", gdb.COMMAND_DATA)

    def invoke(self, arg, from_tty):
        address = int(gdb.parse_and_eval(f"(unsigned long)({arg})"))
        gdb.write(monitor("walk", f"walk {address:#x}"))


class Reset(gdb.Command):
    """reset: start the guest again, and stop at its first instruction."""

    def __init__(self):
        super().__init__("reset", gdb.COMMAND_RUNNING)

    def invoke(self, arg, from_tty):
        monitor("reset", "reset")
        gdb.execute("maintenance flush register-cache", to_string=True)
        gdb.execute("frame")


def entry_symbols():
    """Reads the symbols of entry.S once more, for where it runs before paging is on. Its other sections
    are not there then: they go to where nothing is."""
    path = os.path.join(BUILD, "toyos/toyos/kernel/boot/entry.S.o")
    if not os.path.exists(path):
        return
    text = int(gdb.parse_and_eval("(unsigned long)stack_call"))  # the only code elsewhere
    away = "".join(f" -s {name} {1 << 62:#x}" for name in (".rodata", ".data", ".bss", ".note.duet"))
    gdb.execute(f"add-symbol-file {quoted(path)} -s .text.entry {ENTRY:#x} -s .text {text:#x}{away}", to_string=True)


def program_files():
    """The programs that were built, one's own (make PROGRAMS=...) before toyos's of the same name."""
    found = {}
    for folder in ("user", "programs"):
        for path in glob.glob(os.path.join(BUILD, "toyos", folder, "*")):
            if "." not in os.path.basename(path):
                found[os.path.basename(path)] = path
    return list(found.values())


ProcessName()
Program()
Type()
Walk()
Reset()
entry_symbols()
if not is_core_file():
    print("Besides gdb's own commands: program NAME [PLACE], type TEXT, walk ADDRESS, reset; monitor help.")

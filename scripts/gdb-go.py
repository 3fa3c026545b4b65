"""gdb's command for make's BREAK: go PLACE, which stays where it is when there is no such place."""

import gdb


class Go(gdb.Command):
    """go PLACE: go on until there."""

    def __init__(self):
        super().__init__("go", gdb.COMMAND_RUNNING)

    def invoke(self, arg, from_tty):
        try:
            gdb.execute(f"with breakpoint pending off -- tbreak {arg}")
        except gdb.error as error:
            raise gdb.GdbError(f"cannot go to {arg}, so this is the first instruction: {error}")
        gdb.execute("continue")


Go()

# Two harts are two threads: both run, both stop, and each is stepped while the other runs through
# the same code.
# guest: --cpus=2 harts.elf
# symbols: guest/harts.elf
# status: 9

info threads
# expect: \* 1 .*hart 0, started
# expect:   2 .*hart 1, stopped
break tick if hart == 1
continue
# expect: Thread 2 hit Breakpoint 1, tick \(hart=(hart@entry=)?1\)
info threads
# expect: hart 0, started
# expect: \* 2 .*hart 1, started
# expect: tick \(hart=(hart@entry=)?1\)
finish
# expect: guest_main
delete

thread 1
python
def steps(count):
    """Steps this thread; the number of those that left another thread's place in it."""
    for _ in range(count):
        hart = gdb.selected_thread().num - 1
        gdb.execute("stepi", to_string=True)
        assert gdb.selected_thread().num - 1 == hart
        pc = int(gdb.parse_and_eval("(unsigned long)$pc"))
        start = int(gdb.parse_and_eval("(unsigned long)guest_main"))
        tick = int(gdb.parse_and_eval("(unsigned long)tick"))
        assert 0 <= pc - start < 0x200 or 0 <= pc - tick < 0x40, hex(pc)
before = [int(gdb.parse_and_eval(f"ticks[{i}]")) for i in (0, 1)]
steps(60)
after = [int(gdb.parse_and_eval(f"ticks[{i}]")) for i in (0, 1)]
print("hart 0 stepped", 1 <= after[0] - before[0] <= 12, "hart 1 ran", after[1] - before[1] > 0)
end
# expect: hart 0 stepped True hart 1 ran True

# One alone.
set scheduler-locking on
python
before = int(gdb.parse_and_eval("ticks[1]"))
steps(40)
print("hart 1 was held", int(gdb.parse_and_eval("ticks[1]")) == before)
end
# expect: hart 1 was held True
set scheduler-locking off

# Ctrl-C.
python
import os, signal, threading
def interrupt():
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
interrupt()
end
continue
# expect: received signal SIGINT
info threads
# expect: hart 0, started
# expect: hart 1, started

# Memory and registers can be written.
print $a0 = 5
print $a0
# expect: = 5$
print enough = 9
continue
# expect: exited with code 011
# never: Error

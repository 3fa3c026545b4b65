# A line of a million rounds is one `next`; Ctrl-C between two of gdb's steps ends them; hbreak.
# guest: rounds.elf
# symbols: guest/rounds.elf
# status: 5

hbreak add
continue
# expect: Breakpoint 1, add \(n=(n@entry=)?1\)
finish
# expect: REPEAT\(ROUNDS
next
# expect: add\(2\)
print sum
# expect: = 499999500001$
# The breakpoint in what a line calls is still there.
next
# expect: Breakpoint 1, add \(n=(n@entry=)?2\)
delete
finish
# expect: REPEAT\(CALL_ROUNDS
next
# expect: sum \+= 3
print sum
# expect: = 499999501228$
next
# expect: WAIT

# Ctrl-C within a `next` that does not end, and between gdb's own steps, where it arrives after a stop
# and before the next step is asked for.
python
import os, signal, threading
def interrupt():
    threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
interrupt()
end
next
# expect: received signal SIGINT
python interrupt()
stepi 1000000
# expect: received signal SIGINT
python print("stepped on:", int(gdb.parse_and_eval("sum")) > 499999501231)
# expect: stepped on: True
# What was interrupted is over: the guest goes on.
set var enough = 1
continue
# expect: exited with code 05
# never: Error

# fork copies a page that has a breakpoint in it: the child stops there, too. Once the breakpoint is
# removed, a copy of it does no harm.
# guest: toyos.elf 'run=echo one; echo two; exit 5'
# symbols: toyos/toyos.elf
# status: 5

source scripts/gdb-toyos.py
program sh main
continue
# expect: Breakpoint 1, main
break exec
break wait
python
def go():
    gdb.execute("continue", to_string=True)
    return gdb.execute("info symbol $pc", to_string=True).split()[0]
# The parent waits and the child goes on to exec, in either order; then the same for the second command.
print("stops:", *sorted(go() for _ in range(2)), go())
end
# expect: stops: (sys_)?exec (sys_)?wait (sys_)?(wait|exec)
# The second child has a copy of the breakpoint at exec, most likely not hit yet.
delete
continue
# expect: exited with code 05
# expect: guest: one
# expect: guest: two
# never: Error

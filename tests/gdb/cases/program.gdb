# A program of toyos's: a breakpoint in it that is set before it is in memory, steps from it into the
# kernel and back, and the next program at the same addresses.
# guest: toyos.elf 'run=echo one; ls README; exit 4'
# symbols: toyos/toyos.elf
# status: 4

source scripts/gdb-toyos.py
program echo main
continue
# expect: Breakpoint 1, main \(argc=2
print $process()
# expect: "echo"
info registers priv
# expect: \[User/Application\]
print argv[1]
# expect: "one"
step
step
backtrace
# expect: #0 +strlen
# expect: #1 .* main
finish
# expect: main \(argc
# At its first instruction: gdb takes others for what it skips.
tbreak *write
continue
# expect: write \(\)
python
places = []
for _ in range(4):
    gdb.execute("stepi", to_string=True)
    places.append(gdb.execute("info symbol $pc", to_string=True).split()[0])
print("places:", *places)
end
# From `li a7, ...; ecall` to where traps enter the kernel.
# expect: places: write trap_entry
info registers priv
# expect: \[Supervisor\]
walk $sscratch
# expect: level 0: entry at 0x[0-9a-f]+ is 0x[0-9a-f]+ vrw
# expect: is guest physical 0x8

program ls main
continue
# expect: main \(argc=2
print argv[1]
# expect: "README"
continue
# expect: exited with code 04
# never: Error

# A person's first session with toyos: from its first instruction, before it turns paging on.
# guest: toyos.elf 'run=echo hello; exit 3'
# symbols: toyos/toyos.elf
# status: 3

print $pc
# expect: 0x80200000
print/x $satp
# expect: = 0x0$

# An address that is only mapped once paging is on.
break kernel_main
x/1i kernel_main
# expect: <kernel_main>:
continue
# expect: Breakpoint 1, kernel_main \(hart_id=0
backtrace
# expect: #0 +kernel_main .*kernel/boot/main.c
# expect: #1 .* _start
print/x $satp >> 60
# expect: = 0x8$
info registers priv
# expect: \[Supervisor\]
info symbol $stvec
# expect: trap_entry

break sys_write
continue
# expect: Breakpoint 2, sys_write
backtrace
# expect: sys_write
# expect: syscall_run
# expect: trap_entry
print/x $scause
# expect: = 0x8$
# What the process wants written, through its own page table.
x/s ((struct trap_frame *)$sp, arg[1])
# expect: "hello
next
next
finish
# expect: syscall_run
# expect: Value returned is .* = [56]
delete
continue
# expect: exited with code 03
# never: Cannot|Error|error

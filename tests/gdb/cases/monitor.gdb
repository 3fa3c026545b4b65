# monitor, and a reset that starts the guest anew with its breakpoints.
# guest: --cpus=2 steps.elf
# symbols: guest/steps.elf
# status: 7

monitor help
# expect: monitor walk ADDRESS
monitor bogus
# expect: no command "bogus"
break s_ecall2
continue
# expect: Breakpoint 1
stepi
monitor info
# expect: steps.elf: 2 harts, 128 MiB of RAM at 0x80000000
# expect: hart 0: started, exits: [0-9]+ hypercalls
# expect: hart 1: stopped
monitor walk 0x80200000
# expect: paging is off
# expect: 0x80200000 is guest physical 0x80200000$
monitor walk 80300000000
# expect: which is not RAM
print word
# expect: = 6$
monitor reset
maintenance flush register-cache
print $pc
# expect: <_start>
print word
# expect: = 5$
continue
# expect: Breakpoint 1
watch word
python
try:
    gdb.execute("continue")
except gdb.error:
    pass
end
# expect: Could not insert hardware watchpoint
delete
continue
# expect: exited with code 07

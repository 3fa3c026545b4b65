# monitor save, with breakpoints set: what is saved has none of them in it, and the guest goes on.
# guest: --cpus=2 --save=gdb.state steps.elf
# symbols: guest/steps.elf
# status: 7

monitor help
# expect: monitor save
break s_ecall2
continue
# expect: Breakpoint 1
monitor save
# expect: saved in gdb.state
stepi
continue
# expect: exited with code 07

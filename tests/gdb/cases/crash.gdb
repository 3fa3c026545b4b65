# A guest that panics stops in gdb before it ends.
# guest: panic.elf
# symbols: guest/panic.elf
# status: 126

continue
# expect: received signal SIGABRT
backtrace
# expect: guest_main
continue
# expect: exited with code 0176
# expect: guest: duet: the guest died: panic

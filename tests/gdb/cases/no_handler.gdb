# A guest that traps while it has no handler stops where it trapped.
# guest: no_handler.elf
# symbols: guest/no_handler.elf
# status: 126

continue
# expect: received signal SIGSEGV
info symbol $pc
# expect: ^innermost
continue
# expect: exited with code 0176

# Single steps over every kind of branch and jump, compressed ones too; over an LR and SC pair as one;
# over an SBI call; into the guest's own EBREAKs' handler, and back.
# guest: steps.elf
# symbols: guest/steps.elf
# status: 7

break steps
continue
# expect: Breakpoint 1
delete
python
path = []
while not path or path[-1] != "s_cjr":
    gdb.execute("stepi", to_string=True)
    path.append(gdb.execute("info symbol $pc", to_string=True).split(" in ")[0].strip())
print("path:", *(place for place in path if "+" not in place))
end
# expect: ^path: s_bne s_blt s_blt2 s_bltu s_bge s_bgeu s_jal s_callee s_jalr s_jalr2 s_callee s_cli s_cbeqz s_cbnez s_cj s_cjalr s_callee s_lr s_scb s_ecall s_ecall2 s_ebreak trap trap_skip s_cebreak trap trap_skip s_csr s_end s_cjr$
stepi
print $pc
# expect: <guest_main\+
continue
# expect: exited with code 07
# The same as without a debugger.
# expect: guest: 2 breakpoints, word 6, scause 3, stval 0

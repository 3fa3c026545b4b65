# A guest that traps without a handler ends the run with a report.
. "$LIB"

duet "$PROGRAMS/no_handler.elf"
expect_status 126
expect_err 'breakpoint at 0x80200' '^  #0 .*innermost' '^  #1 .*middle' '^  #2 .*guest_main' \
	'scause 3 ' '  sp 0000000080' '^last trap: breakpoint at 0x80200' '^last hypercalls:' '^  none$'
# A kernel that was written for M-mode is told so; QEMU 10 goes on elsewhere after its illegal instruction.
duet "$PROGRAMS/machine_mode.elf"
expect_status 126
grep -q 'illegal instruction' err || [ "$(grep -c 'KVM_RUN failed\|instruction access fault' err)" -gt 0 ] ||
	fail "expected an illegal instruction"
! grep -q 'illegal instruction' err || expect_err '^  that is for M-mode \(mhartid\), and a guest begins in S-mode'

# A panic of the guest ends the run with its reason, registers and a backtrace.
. "$LIB"

duet "$PROGRAMS/panic.elf"
expect_status 126
# The escape character must not get to the terminal.
expect_err 'the guest died: panic: the \?\[31mreason' '^  #[0-9]+ .*innermost' '^  #[0-9]+ .*middle' \
	'^  #[0-9]+ .*guest_main.* at tests/guest/programs/panic.c:[0-9]+' \
	'^  -0\.[0-9]{6} 0 guest_panic\("the \\x1b\[31mreason", 15, "", 0\) = \?$' \
	'^reported by duet [0-9]+\.[0-9]+\.[0-9]+$'

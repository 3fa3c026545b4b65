# The backtrace of a guest without frame pointers: all of it where the ELF file has call frame information, the caller by
# `ra` where it has not. That of a jump to nowhere begins with who jumped. Names of C++ and Rust are readable.
. "$LIB"

# frames FUNCTION...: these are the frames from #0 on; "-" is one without a name.
frames() {
	at=0
	for function; do
		pattern="  #$at +[0-9a-f]{16} $function\\+"
		[ "$function" != - ] || pattern="  #$at +[0-9a-f]{16}\$"
		expect_err "^$pattern"
		at=$((at + 1))
	done
}

for how in debug eh; do
	duet "$PROGRAMS/frames_$how.elf"
	expect_status 126
	frames innermost 'kernel::middle<\.\.\.>' kernel::deep::outer guest_main _start
	duet "$PROGRAMS/frames_$how.elf" '<jump>'
	expect_status 126
	frames - innermost 'kernel::middle<\.\.\.>' kernel::deep::outer guest_main _start
	! grep -q '^  #6' err || fail "expected no seventh frame"
done
duet "$PROGRAMS/frames_none.elf" '<jump>'
expect_status 126
frames - innermost
! grep -q '^  #2' err || fail "expected two frames"
duet "$PROGRAMS/null_call.elf" how=none
frames - guest_main _start

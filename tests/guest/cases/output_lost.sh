# Output that cannot be written is not lost in silence: one line says why, and the status is not 0.
. "$LIB"

mknod full c 1 7
"$DUET" "$TOYOS" 'run=echo lost' </dev/null >full 2>err
status=$?
[ "$status" -ne 0 ] || fail "expected a status other than 0"
expect_err "^duet: the guest's output cannot be written: No space left on device$"
[ "$(grep -c '^duet: ' err)" -eq 1 ] || fail "expected one line of duet's"
"$DUET" "$PROGRAMS/smp.elf" </dev/null >full 2>err
status=$?
expect_status 127
expect_one_line 'No space left on device'
"$DUET" "$PROGRAMS/hello.elf" </dev/null >full 2>err # its own status stays
status=$?
expect_status 7

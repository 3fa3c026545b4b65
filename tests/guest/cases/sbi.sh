# BASE probes and the debug console.
. "$LIB"

duet "$PROGRAMS/sbi.elf"
expect_status 0
printf 'by the debug console\n!' | cmp -s - out || fail "debug console"

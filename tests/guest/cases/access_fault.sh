# An access to where nothing is traps in the guest as an access fault.
. "$LIB"

duet "$PROGRAMS/access_fault.elf"
expect_out ''
expect_status 0

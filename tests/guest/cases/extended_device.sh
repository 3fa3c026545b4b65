# The device that tests/abi/extend added is reached by its hypercall, raises its event, is in the device
# tree and in the statistics.
. "$LIB"

[ -e "$EXTENDED/bell.elf" ] || fail "tests/abi/extend has not built the device"
DUET=$EXTENDED/duet
duet --stats "$EXTENDED/bell.elf"
expect_out ''
expect_status 12
expect_err '^  bell +5$'

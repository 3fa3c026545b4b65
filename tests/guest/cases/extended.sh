# The hypercall that tests/abi/extend added is served, checked, traced and counted.
. "$LIB"

[ -e "$EXTENDED/extended.elf" ] || fail "tests/abi/extend has not built the extended guest"
DUET=$EXTENDED/duet
duet --trace --stats "$EXTENDED/extended.elf"
expect_out ''
expect_status 15 # (1 + 2 + 3) * 2 + 2 + 1
expect_err ' scale\(2, 0x2, 1, "\\x01\\x02\\x03", 3\) = 15 <' '^  scale +4 +3 +3 '

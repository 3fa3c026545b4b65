# Console input arrives whole and in order, and its end is seen. Output too, when stdout is slow.
. "$LIB"

head -c 50000 /dev/urandom | od -x >in
duet "$PROGRAMS/copy.elf"
expect_status 0
cmp in out || fail "input and output differ"
(cat in; sleep 1; cat in) | "$DUET" "$PROGRAMS/copy.elf" | (sleep 1; cat) >out
cat in in | cmp - out || fail "input and output differ through pipes"

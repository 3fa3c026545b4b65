# Without a stdin, the guest's console is at its end at once; it is no other file of duet's.
. "$LIB"

"$DUET" "$PROGRAMS/copy.elf" <&- >out 2>err
status=$?
expect_status 0
expect_out ''

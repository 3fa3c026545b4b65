# A reader that is slow loses nothing, and neither does a guest; many characters are one exit.
. "$LIB"

duet --stats "$PROGRAMS/batch.elf"
expect_status 0
[ "$(wc -c <out)" -eq 10000 ] || fail "10000 characters"
grep -q '^  console_write  *1 ' err || fail "in one exit"
cp out want

# A pipe that takes 4 KiB, which nobody reads for a while.
mkfifo slow
"$DUET" "$PROGRAMS/batch.elf" >slow 2>err </dev/null &
pid=$!
(
	usleep 300000
	while dd bs=1000 count=1 2>/dev/null | grep .; do usleep 1000; done
) <slow >out
wait $pid
status=$?
expect_status 0
cmp out want || fail "output to a slow reader"

# Input that comes faster than toyos takes it: more than all buffers hold.
seq 1000000 1002000 >in
duet "$TOYOS" run=cat
expect_status 0
cmp in out || fail "input"

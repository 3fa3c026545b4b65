# A save that waits for a hart whose output nobody takes is given up after a minute, and the machine goes on.
# limit: 600
# waits
# long
. "$LIB"

echo before >state
mkfifo pipe
exec 3<>pipe # a reader that never reads
"$DUET" --save=state --cpus=2 "$PROGRAMS/flood.elf" >pipe 2>err 3<&- </dev/null &
pid=$!
until [ "$(dd if=pipe bs=1 count=1 2>/dev/null | wc -c)" -eq 1 ]; do :; done
kill -PWR "$pid"
until grep -q '^duet: the machine is not saved: a hart has not come to rest for a minute' err; do
	kill -0 "$pid" || fail "duet has ended"
	usleep 100000
done
[ "$(cat state)" = before ] || fail 'the file from before is lost'
cat <pipe >/dev/null 3<&- &
reader=$!
kill -PWR "$pid"
until grep -q '^duet: the machine is saved in state; it goes on' err; do
	kill -0 "$pid" || fail "duet has ended"
	usleep 100000
done
kill -TERM "$pid"
wait "$pid"
status=$?
kill $reader
expect_status 143

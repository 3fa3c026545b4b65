# A signal ends duet as it ends any program; a spinning guest does not hold it up.
. "$LIB"

"$DUET" --cpus=2 "$PROGRAMS/spin.elf" >out 2>err </dev/null &
pid=$!
until grep -q running out; do usleep 10000; done
kill -TERM $pid
wait $pid
status=$?
expect_status 143

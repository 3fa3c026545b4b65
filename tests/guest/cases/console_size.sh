# A guest is told when the terminal may have another size; without a terminal the size is 0.
. "$LIB"

"$DUET" "$PROGRAMS/size.elf" >out 2>err </dev/null &
pid=$!
lines() { wc -l <out; }
until [ "$(lines)" -eq 1 ]; do usleep 10000; done
kill -WINCH $pid
until [ "$(lines)" -eq 2 ]; do usleep 10000; done
kill -TERM $pid
wait $pid
status=$?
expect_status 3
tr -d '\r' <out >plain && mv plain out
expect_out '0x0
0x0
asked'

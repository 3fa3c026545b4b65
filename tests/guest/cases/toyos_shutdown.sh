# Asked to end by a signal, toyos shuts down; a guest that does not listen, or not twice, is ended.
. "$LIB"

mkfifo keys
exec 9<>keys
"$DUET" --cpus=2 "$TOYOS" 'run=echo running; cat | cat; echo never' >out 2>err <keys &
pid=$!
until grep -q running out; do usleep 10000; done
usleep 100000 # the pipeline sleeps, most likely
kill -TERM $pid
wait $pid
status=$?
expect_status 0
expect_out running
expect_one_line 'asked the guest to shut down; another TERM ends it'

: >out # what the last one wrote is not to count
"$DUET" "$PROGRAMS/stubborn.elf" >out 2>err </dev/null &
pid=$!
until grep -q running out; do usleep 10000; done
kill -TERM $pid
until grep -q asked out; do usleep 10000; done
kill -HUP $pid
wait $pid
status=$?
expect_status 129
expect_out 'running
asked'

# A reset of the guest's after that is an end, too.
: >out
"$DUET" "$PROGRAMS/stubborn.elf" reset >out 2>err </dev/null &
pid=$!
until grep -q running out; do usleep 10000; done
kill -TERM $pid
wait $pid
status=$?
expect_status 0
expect_out 'running
asked'

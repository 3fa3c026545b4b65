# A guest that always has one more chain in a virtio queue keeps the thread that brings its input from nothing else.
. "$LIB"

"$DUET" --no-stdin --name=refill --board --virtio=console --cpus=2 "$PROGRAMS/board_refill.elf" >out 2>err &
pid=$!
until grep -q refills out; do usleep 10000; done
mkfifo typed
"$DUET" console refill <typed >console.out 2>&1 &
console=$!
exec 3>typed
echo typed >&3
# Chains are served by the thread that answers here, too.
until grep -q served out; do usleep 10000; done
for round in 1 2 3; do
	for command in info pause resume; do
		"$DUET" $command refill >said 2>&1 || fail "round $round: $command: $(cat said)"
	done
done
"$DUET" quit refill >said
wait $pid
status=$?
expect_status 0
exec 3>&-
wait $console

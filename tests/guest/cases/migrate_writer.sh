# A guest that writes to all of its memory all the time moves all the same, although the receiver takes so little at a
# time that a round never ends with few pages left; also with pages of 2 MiB.
# long
# limit: 300
. "$LIB"

# The most rounds: state/migrate.c has this limit, and the last, when the guest stands still.
ROUNDS=11

reserve=/proc/sys/vm/nr_hugepages
sizes=4K
if [ -e $reserve ]; then
	trap 'echo 0 >$reserve' EXIT
	until echo 8 >$reserve && [ "$(cat $reserve)" -eq 8 ]; do usleep 10000; done
	sizes='4K 2M'
fi
for size in $sizes; do
	moving there --migrate-from=socket
	receiver=$moving
	line_wait there.err 'waiting for a guest' "$receiver"
	# A round takes a third of a second at least. The guest needs some ms to write to all of its pages.
	/test/slow line socket &
	line=$!
	moving here --mem=16M --memory-pages="$size" "$PROGRAMS/migrate_writer.elf"
	source=$moving
	line_wait here.out writes "$source"
	until [ -S line ]; do usleep 10000; done
	"$DUET" migrate here line >ask.out 2>ask.err &
	asked=$!
	while is_there $asked; do
		! grep -q "round $((ROUNDS + 1))" ask.err || fail 'there is no end to the rounds'
		usleep 10000
	done
	wait $asked || fail "it does not move: $(cat here.err ask.err)"
	moving_end here "$source" 0
	moving_end there "$receiver" 0
	grep -q moved there.out || fail 'it has not moved'
	grep -q "in $ROUNDS rounds" here.err || fail "not as many rounds as there may be: $(cat here.err)"
	wait $line
	figures="${figures:-}${figures:+; }pages of $size: $(sed -n 's/.*moved: //p' here.err)"
done
echo "figures: $figures"

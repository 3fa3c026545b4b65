# A machine with a hart in each state has itself saved. It goes on; and so does what is restored, as often as one
# likes, in the sandbox and without, in files that are moved and removed meanwhile.
. "$LIB"

for timer in $(timer_ways); do
	duet --cpus=5 --save=state "$PROGRAMS/save.elf" "$timer"
	expect_status 0
	expect_out saved
	[ ! -s err ] || fail 'a hart that asked needs no message'
	[ ! -e state.new ] || fail 'the new file is still there'
	for round in 1 2 3; do
		duet --restore=state "$PROGRAMS/save.elf"
		expect_status 1
		expect_out restored
	done
	duet --sandbox=off --restore=state
	expect_status 1
	expect_out restored
done

# The file may go once the machine runs.
cp state moved
"$DUET" --restore=moved --trace=trace >out 2>err </dev/null &
pid=$!
until [ -s trace ]; do usleep 1000; done
rm moved
wait $pid
status=$?
expect_status 1
expect_out restored

# Without --save there is no file to save it in.
duet --cpus=5 "$PROGRAMS/save.elf"
expect_status 99
expect_out 'CHECK failed: side.error == 0 && side.value <= 1'

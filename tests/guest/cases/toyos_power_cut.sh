# duet is killed in the middle of toyos's work on a disk: no damage, and nothing is lost that toyos had
# been told is on the disk for good. 2 cuts, with 2 and 3 harts; 300 with 1 to 4 in make test-full.
# limit: 3000
. "$LIB"

rounds=$(amount 2 300)
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
last=0
for round in $(seq $rounds); do
	rm -f storm # or the last round's would do below
	"$DUET" --cpus=$((1 + round % 4)) --disk=disk.img "$TOYOS" 'run=fsstorm' </dev/null >storm 2>err &
	pid=$!
	# Not while it boots: each cut is to find some work done.
	waited=0
	until [ -s storm ] || [ $waited -ge 600 ]; do
		usleep 50000
		waited=$((waited + 1))
	done
	[ -s storm ] || fail "round $round: no file was written"
	usleep $(($(od -An -N2 -tu2 /dev/urandom) * 8))
	kill -9 $pid
	wait $pid
	grep -v '^[0-9]*$' storm && fail "round $round: the storm complains"
	# A line that was cut short has no end.
	last=$(awk 'NR > 1 { print before } { before = $0 }' storm | tail -n 1)
	"$MKFS" fsck disk.img >out 2>err || fail "round $round: fsck finds damage"
	duet --disk=disk.img "$TOYOS" "run=fsstorm check ${last:-0}"
	expect_status 0
done
"$MKFS" fsck disk.img >out || fail 'fsck finds damage at the end'
echo "the last number was $last"

# toyos works on a disk, with 4 harts and some of its tests, and moves from duet to duet meanwhile, by turns on a Unix
# socket and by TCP. Nothing is lost and nothing comes twice, on the console or on the disk.
# long
# limit: 3600
. "$LIB"

work_begin
moves=0
wanted=$(amount 3 200)
while [ $moves -lt "$wanted" ]; do
	cp "$ROOT_IMAGE" disk.img
	truncate -s 16M disk.img
	: >all
	vm=v$moves
	moving $vm --cpus=4 --mem=48M --disk=disk.img "$TOYOS" "run=$line"
	here=$moving
	while :; do
		address=./socket
		[ $((moves % 2)) -eq 0 ] || address=:$((4000 + moves % 1000))
		from=$vm
		moving v$((moves + 1)) --migrate-from=$address --disk=disk.img "$TOYOS"
		line_wait $vm.err 'waiting for a guest' "$moving"
		"$DUET" migrate $from $address >ask.out 2>&1
		asked=$?
		wait $here
		status=$?
		cat $from.out >>all
		[ $status -eq 0 ] || fail "$from: status $status: $(grep -v "^ok" all | tail -n 5) $(cat $from.err)"
		if [ $asked -ne 0 ]; then # its guest has ended before
			kill "$moving" 2>/dev/null
			wait "$moving"
			break
		fi
		here=$moving
		moves=$((moves + 1))
	done
	mv all out
	work_check "after $moves moves"
done
echo "figures: $moves moves"

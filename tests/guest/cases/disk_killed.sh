# duet is killed while a guest writes and flushes: what the guest was told is flushed is there.
. "$LIB"

echo w >write
for round in 1 2 3 4 5 6; do
	rm -f disk out
	truncate -s 1M disk
	"$DUET" --disk=disk "$PROGRAMS/disk_flush.elf" >out 2>err <write &
	pid=$!
	until [ -s out ]; do usleep 5000; done
	usleep $((RANDOM * 10)) # up to 0.3 s
	kill -KILL $pid
	wait $pid
	flushed=$(tail -n 1 out)
	echo "round $round: killed after generation $flushed"
	echo "c$flushed" >in
	duet --disk=disk "$PROGRAMS/disk_flush.elf"
	expect_status 0
	expect_out checked
done
# The check can fail.
dd if=/dev/zero of=disk bs=4k seek=$((flushed * 8 % 256)) count=1 conv=notrunc 2>/dev/null
duet --disk=disk "$PROGRAMS/disk_flush.elf"
expect_status 99

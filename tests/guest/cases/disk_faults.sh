# What goes wrong in the host reaches the guest as a status, and duet goes on.
. "$LIB"

# No room: a tmpfs of 512 KiB, an image of 1 MiB with nothing in it yet.
mkdir small
mount -t tmpfs -o size=512k tmpfs small || fail "mount"
truncate -s 1M small/disk
duet --disk=small/disk "$PROGRAMS/disk_faults.elf"
umount small
expect_status 0
expect_out 'write 0 128 4 128
read 0 256
flush 0'

# A limit on the size of files, which also brings a signal.
truncate -s 1M disk
(
	ulimit -f 1024 # blocks of 512 bytes
	exec "$DUET" --disk=disk "$PROGRAMS/disk_faults.elf" >out 2>err </dev/null
)
status=$?
expect_status 0
expect_out 'write 0 128 4 128
read 0 256
flush 0'

# The image becomes shorter under way: reads beyond its end fail.
truncate -s 1M disk
mkfifo keys
"$DUET" --disk=disk,ro "$PROGRAMS/disk_faults.elf" <keys >out 2>err &
pid=$!
exec 9>keys
until grep -q ready out; do usleep 10000; done
truncate -s 512k disk
echo >&9
wait $pid
status=$?
expect_status 0
expect_out 'ready
read 0 128 3 128
flush 0'

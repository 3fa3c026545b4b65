# A disk is written, read, flushed and discarded, 32 requests in flight; the file holds what was written.
. "$LIB"

seq 1000000 1131071 >text # what disk.elf writes
truncate -s 1M disk
duet --memory=64M --stats --disk=disk "$PROGRAMS/disk.elf"
expect_status 0
expect_out done
expect_err 'disk 0 write +256 +1048576$' 'disk 0 read +256 +1048576$' 'disk 0 discard +1 +0$' \
	'disk 0 flush +1 +0$'
cp text expected
dd if=/dev/zero of=expected bs=256k seek=1 count=1 conv=notrunc 2>/dev/null
cmp disk expected || fail "content of the image"
[ "$(du -k disk | cut -f 1)" -le 768 ] || fail "the discarded quarter takes no room"

# Read-only: nothing is written, and a file that cannot be written will do.
cp text disk
chmod a-w disk
duet --memory=64M --disk=disk,ro "$PROGRAMS/disk.elf"
expect_status 0
expect_out done
cmp disk text || fail "a read-only disk was written"

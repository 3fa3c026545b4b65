# A disk by virtio: all that a driver can ask for, and what makes no sense. The file has what was written.
. "$LIB"

truncate -s 1M disk
duet --board --disk=disk --stats "$PROGRAMS/board_disk.elf" disk
expect_status 0
expect_out disk
expect_err 'disk 0 write +2 ' 'disk 0 flush +[0-9]+ ' 'disk 0 discard +1 ' "virtio-blk: the guest's queue 0 makes no sense"
[ "$(dd if=disk bs=512 count=1 2>/dev/null | od -An -tu1 -N8 | tr -s ' ')" = ' 0 7 14 21 28 35 42 49' ] ||
	fail "what is on the disk: $(od -An -tu1 -N8 disk)"

cp disk before
duet --board --disk=disk,ro "$PROGRAMS/board_disk.elf" readonly
expect_status 0
cmp -s disk before || fail "a read-only disk was written to"

# An image that cannot be a disk is refused in one line; one that is in use is refused to a second duet.
. "$LIB"

refused() { # IMAGE[,ro] PATTERN
	duet --disk="$1" "$PROGRAMS/hello.elf"
	expect_status 127
	expect_one_line "^duet: ${1%,ro}: $2"
}
refused nowhere 'No such file'
refused / 'Is a directory'
refused /,ro 'is not a file or a block device'
mkfifo fifo
refused fifo 'is not a file or a block device'
: >empty
refused empty 'its size, 0 bytes, is not a multiple of 512'
head -c 1000 /dev/zero >odd
refused odd 'its size, 1000 bytes'
truncate -s 1M disk
# One that another option names, too, is as it was.
echo kept | dd of=disk conv=notrunc 2>/dev/null
cp disk before
ln -s disk link
for option in --disk --dtb --core --save --trace; do
	duet --disk=disk $option=link "$PROGRAMS/hello.elf"
	expect_status 2
	expect_err "^duet: --disk=disk and $option=link are one file, and --disk writes to it: name another\$"
	cmp disk before || fail 'it was written'
done
rm link
duet --disk=disk,ro --disk=disk,ro "$PROGRAMS/hello.elf"
expect_status 7
duet --disk=1 --disk=2 --disk=3 --disk=4 --disk=5 "$PROGRAMS/hello.elf"
expect_status 2
expect_err 'disk=5: there are 4 disks already'

"$DUET" --disk=disk "$PROGRAMS/spin.elf" >running 2>&1 </dev/null &
pid=$!
until grep -q running running; do usleep 10000; done
refused disk 'is in use by another duet'
refused disk,ro 'is in use by another duet'
kill -KILL $pid
wait $pid
duet --disk=disk "$PROGRAMS/hello.elf" # the lock went with its owner
expect_status 7

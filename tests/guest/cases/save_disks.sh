# A machine that is saved with what is on its disks goes on with that, as often as one likes, whatever has become of the
# images meanwhile: in the file's folder and in a folder of another file system, between which the kernel does not copy.
. "$LIB"

# goes_on DISK: toyos's shell has its file from before, and none from after; and its disk is whole.
goes_on() {
	"$DUET" --restore=state --disk="$1,saved" --disk=holes.img,saved --disk=read.img,ro <keys >restored 2>err &
	restored=$!
	echo 'cat /before; cat /after; exit 7' >keys
	wait $restored
	status=$?
	expect_status 7
	[ ! -s err ] || fail "on stderr: $(cat err)"
	grep -Eq '(^|[$] )kept$' restored || fail "$1: not what was there: $(cat restored)"
	grep -q 'after: not found' restored || fail "$1: what came after: $(cat restored)"
	cmp -s holes.img kept.img || fail 'a disk with holes is not what it was'
	"$MKFS" fsck "$1" >fsck.out || fail "$1: fsck finds damage"
}

mkfifo keys
exec 3<>keys
cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
truncate -s 1M read.img holes.img
echo far in | dd of=holes.img bs=1 seek=700000 conv=notrunc 2>/dev/null
cp holes.img kept.img
"$DUET" --name=here --save=state,disks --disk=disk.img --disk=holes.img --disk=read.img,ro --mem=24M "$TOYOS" <keys >out 2>err &
first=$!
echo 'echo kept >/before; echo rea""dy' >keys
line_wait out 'ready$' $first
"$DUET" save here >said || fail "not saved: $(cat err)"
echo 'echo lost >/after; exit' >keys
wait $first
status=$?
expect_status 0
[ "$(stat -c %b state)" -lt 32768 ] || fail 'what is a hole in the image is none in the file'

# The image has moved on.
duet --restore=state --disk=disk.img --disk=holes.img --disk=read.img,ro
expect_status 127
expect_one_line 'disk.img: has been written to since .*: --disk=FILE,saved writes that$'

cp disk.img moved_on.img
for round in 1 2; do
	goes_on disk.img
	cmp -s disk.img moved_on.img && fail "$round: the image is not what it was"
done
goes_on new.img
mkdir other
mount -t tmpfs none other
goes_on other/disk.img
umount other

# What there is no copy of.
duet --restore=state --disk=disk.img,saved --disk=holes.img --disk=read.img,saved
expect_status 127
expect_one_line '--disk=read.img,saved: the machine that was saved had no such disk, or one to read only$'
duet --disk=none.img,saved "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '--disk=none.img,saved: there is no copy of it: '
[ ! -e none.img ] || fail 'a file was made'

# In use: it stays what it is.
cp moved_on.img disk.img
"$DUET" --disk=disk.img "$TOYOS" <keys >other.out 2>other.err &
other=$!
echo 'echo u""p' >keys
line_wait other.out 'up$' $other
cp disk.img used.img
duet --restore=state --disk=disk.img,saved --disk=holes.img --disk=read.img,ro
expect_status 127
expect_one_line 'disk.img: is in use by another duet'
cmp -s disk.img used.img || fail 'an image in use was overwritten'
kill -KILL $other

# Cut off among the copies.
truncate -s $(($(stat -c %s state) - 512)) state
duet --restore=state --disk=disk.img,saved
expect_status 127
expect_one_line 'state: has [0-9]* bytes, and the machine in it needs [0-9]*: it was cut off'

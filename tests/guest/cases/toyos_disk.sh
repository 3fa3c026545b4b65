# A disk with a file system is toyos's root, and keeps what is written; read-only it is only read; one with
# nothing on it leaves the RAM disk to be the root, and a damaged one is said to be so.
. "$LIB"

cp "$ROOT_IMAGE" disk.img
truncate -s 16M disk.img
duet --disk=disk.img "$TOYOS" 'run=mkdir /d && echo kept >/d/file && mv /README /d'
expect_status 0
duet --cpus=4 --disk=disk.img "$TOYOS" 'run=cat /d/file && wc /d/README >/x'
expect_status 0
expect_out kept
"$MKFS" fsck disk.img >out || fail 'fsck finds damage'

duet --disk=disk.img,ro "$TOYOS" 'run=cat /d/file; echo lost >/d/file || rm /d/file || mkdir /e || mv /d /f'
expect_status 1
grep -q '^kept$' out || fail 'a read-only disk cannot be read'
grep -q 'rm: /d/file: read-only file system' out || fail 'what rm says'

truncate -s 1M blank.img
duet --disk=blank.img "$TOYOS" 'run=true'
expect_status 0
expect_err 'disk0: no file system of toyos on it: ram0 is the root'

# A disk's file system comes before the initrd's, and the initrd's before the one that the kernel carries.
# root_is WHICH OPTION...
root_is() {
	which=$1
	shift
	duet "$@" "$TOYOS" 'run=cat /which'
	expect_status 0
	expect_out "$which"
}
cp "$ROOT_IMAGE" initrd.img
truncate -s 16M initrd.img
for image in disk initrd; do
	echo $image >which
	"$MKFS" put $image.img /which=which || fail "mkfs put $image.img"
done
duet "$TOYOS" 'run=cat /which'
expect_status 1
root_is initrd --initrd=initrd.img
root_is initrd --initrd=initrd.img --disk=blank.img
root_is disk --initrd=initrd.img --disk=disk.img
duet --initrd=which "$TOYOS" 'run=cat /which'
expect_status 126
expect_err 'panic: initrd: no file system of toyos: make one with mkfs'

printf x | dd of=disk.img bs=1 seek=20 conv=notrunc 2>dd
duet --disk=disk.img "$TOYOS" 'run=true'
expect_status 126
expect_err 'disk0: the superblock is damaged'

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

printf x | dd of=disk.img bs=1 seek=20 conv=notrunc 2>dd
duet --disk=disk.img "$TOYOS" 'run=true'
expect_status 126
expect_err 'disk0: the superblock is damaged'

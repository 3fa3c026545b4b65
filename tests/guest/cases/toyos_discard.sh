# What toyos's files no longer need, a sparse image no longer has: 4 MB are written, and are gone from the
# host when they are deleted, while toyos still runs.
# limit: 300
. "$LIB"

# kib: what the image takes on the host.
kib() {
	du -k disk.img | cut -f 1
}

# until_kib OPERATOR KIB
until_kib() {
	until [ "$(kib)" "$1" "$2" ]; do usleep 50000; done
}

for program in init sh cat rm usertests; do
	"$MKFS" get "$ROOT_IMAGE" "/$program" "$program" || fail "mkfs get $program"
done
"$MKFS" make disk.img 16M console=@1,0 init sh cat rm usertests || fail 'mkfs make'

mkfifo keys
"$DUET" --disk=disk.img "$TOYOS" <keys >out 2>err &
pid=$!
exec 9>keys
u='/usertests /usertests /usertests /usertests'
echo "cat $u $u >/a; cat /a /a /a /a /a /a /a /a >/b" >&9
until_kib -ge 4608
echo 'rm /a /b' >&9
# The log is 1 MiB, a sixteenth of the disk, and stays.
until_kib -lt 3072
echo 'exit 3' >&9
wait $pid
status=$?
expect_status 3
"$MKFS" fsck disk.img >out || fail 'fsck finds damage'
for program in init sh cat rm usertests; do
	"$MKFS" get disk.img "/$program" copy && cmp copy "$program" || fail "/$program has changed"
done

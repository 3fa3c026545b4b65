# limit: 3600
# The drivers of Linux, Debian's or that of `make kernel`, for virtio's random bytes and its balloon, which takes memory, gives it back, and
# reports by itself what is free. In make test-full only, as board_linux.
. "$LIB"

[ -e /test/linux/Image ] || {
	echo "figures: in make test-full"
	exit 0
}
: >out
mkfifo keys
"$DUET" --name=linux --board --memory=256M --virtio=rng,balloon --initrd=/test/linux/initrd /test/linux/Image \
	console=ttyS0 quiet <keys >out 2>err &
linux=$!
exec 3>keys

# line_wait PATTERN: until the guest has printed such a line.
line_wait() {
	until tr -d '\r' <out | grep -Eq -- "$1"; do
		kill -0 $linux 2>/dev/null || fail "the guest ended before it printed a line with: $1"
		usleep 100000
	done
}

# asked_wait MIB: asks for so much, until all of it is in the balloon.
asked_wait() {
	"$DUET" balloon linux "$1M" 2>said || fail "it said: $(cat said)"
	until "$DUET" balloon linux | grep -qx "$(($1 * 1024)) KiB are in the balloon"; do
		kill -0 $linux 2>/dev/null || fail "the guest ended with $1M asked for"
		usleep 100000
	done
}

# guest_free NAME: how many KiB Linux has free, by a line that begins with the name.
guest_free() {
	printf 'echo %s $(grep MemFree: /proc/meminfo | tr -dc 0-9)\n' "$1" >&3
	line_wait "^$1 [0-9]+$"
	tr -d '\r' <out | sed -n "s/^$1 //p"
}

resident() { awk '/^VmRSS:/ { print $2 }' /proc/$linux/status; } # KiB

line_wait 'built-in shell'
# Each command's output differs from the command, which the terminal echoes.
printf '%s\n' 'cat /sys/class/misc/hw_random/rng_current' \
	'bytes() { head -c 6000 /dev/hwrng | md5sum; }; [ "$(bytes)" != "$(bytes)" ]; echo differ: $?' >&3
line_wait '^virtio_rng\.0$'
line_wait '^differ: [0-9]+$'
tr -d '\r' <out | grep -qx 'differ: 0' || fail "expected two different answers of /dev/hwrng"

before=$(guest_free before)
asked_wait 128
with=$(guest_free with)
[ $((before - with)) -gt $((120 * 1024)) ] || fail "Linux has $with KiB free of $before with 128 MiB in the balloon"
[ "$(resident)" -lt $((140 * 1024)) ] || fail "$(resident) KiB are resident with half of 256 MiB in the balloon"
asked_wait 0
# What it is about to report is not free meanwhile.
printf 'until [ "$(grep MemFree: /proc/meminfo | tr -dc 0-9)" -gt %s ]; do usleep 10000; done; echo all "back"\n' \
	$((with + 112 * 1024)) >&3
line_wait '^all back$'

# A file in memory, of more than was left beside the balloon, is as it was written.
files='for n in $(seq 44); do cat /bin/busybox; done'
echo "$files >file; md5sum <file" >&3
line_wait "^$(eval "$files" | md5sum)$"
full=$(resident)
echo 'rm file' >&3
read -r begin _ </proc/uptime
until [ $((full - $(resident))) -gt $((50 * 1024)) ]; do
	read -r now _ </proc/uptime
	[ $((${now%.*} - ${begin%.*})) -lt 600 ] || fail "$(resident) KiB are resident still, of $full with the file"
	usleep 100000
done

echo 'poweroff -f' >&3
exec 3>&-
wait $linux
status=$?
expect_status 0

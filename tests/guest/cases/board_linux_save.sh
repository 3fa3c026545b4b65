# limit: 3600
# Debian's unmodified Linux on the board, saved at its shell's prompt, once with the shell on the serial port and once
# on virtio's console: it goes on in another duet, with its shell's variables and its disk. In make test-full only: a
# boot is a minute of processor time.
. "$LIB"

[ -e /test/linux/Image ] || {
	echo "figures: in make test-full"
	exit 0
}
mkfifo keys
for console in ttyS0 hvc0; do
	rm -f disk
	truncate -s 1M disk
	: >out
	"$DUET" --board --cpus=2 --memory=256M --virtio=rng,console,balloon --initrd=/test/linux/initrd --disk=disk \
		--save=state,end /test/linux/Image console=$console quiet <keys >out 2>err &
	linux=$!
	exec 3>keys
	printf 'mark=kept; echo on the disk >/dev/vda; sync; echo rea""dy\n' >&3
	until tr -d '\r' <out | grep -qx ready; do
		kill -0 $linux || fail "$console: it has ended"
		usleep 100000
	done
	kill -PWR $linux
	wait $linux
	status=$?
	exec 3>&-
	expect_status 0
	expect_one_line '^duet: the machine is saved'

	cat >in <<'END'
echo $mark
dd if=/dev/vda bs=512 count=1 2>/dev/null | head -n 1
seq 1 3000 | tail -n 1
sleep 1 && echo sle""pt
poweroff -f
END
	duet --restore=state --disk=disk
	expect_status 0
	for line in kept 'on the disk' 3000 slept; do
		tr -d '\r' <out | grep -qx "$line" || fail "$console: expected the line: $line"
	done
	! grep -Eq 'stall|Call trace|hung' out || fail "$console: Linux complains"
done

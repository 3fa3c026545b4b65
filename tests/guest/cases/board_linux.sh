# limit: 3600
# Debian's unmodified Linux as the guest, on the board: to a shell that takes input, on the serial port and on
# virtio's console, a disk written and read, power off, reboot. In make test-full only: a boot is a minute of
# processor time.
. "$LIB"

[ -e /test/linux/Image ] || {
	echo "figures: in make test-full"
	exit 0
}
truncate -s 1M disk
cat >in <<'END'
grep -c ^processor /proc/cpuinfo
echo on the disk >/dev/vda
sync
dd if=/dev/vda bs=512 count=1 2>/dev/null | head -n 1
poweroff -f
END
for harts in 1 4; do
	duet --board --cpus=$harts --memory=256M --initrd=/test/linux/initrd --disk=disk /test/linux/Image \
		console=ttyS0 quiet
	expect_status 0
	tr -d '\r' <out | grep -qx $harts || fail "expected $harts processors"
	tr -d '\r' <out | grep -qx 'on the disk' || fail "expected what is on the disk"
	[ "$(head -c 11 disk)" = 'on the disk' ] || fail "what is on the disk"
	rm disk
	truncate -s 1M disk
done
# The same by virtio's console alone.
duet --board --memory=256M --virtio=console --initrd=/test/linux/initrd --disk=disk /test/linux/Image console=hvc0
expect_status 0
tr -d '\r' <out | grep -qx 'on the disk' || fail "expected what is on the disk"
rm in

# shell_wait N: until the shell is there for the Nth time.
shell_wait() {
	until [ "$(grep -c 'built-in shell' out)" -eq "$1" ] || ! kill -0 $linux 2>/dev/null; do usleep 100000; done
}

# On virtio's console, whose driver is Linux's own. A reboot is a boot from the beginning.
: >out
mkfifo keys
"$DUET" --board --memory=256M --virtio=console --initrd=/test/linux/initrd /test/linux/Image \
	console=ttyS0 console=hvc0 quiet <keys >out 2>err &
linux=$!
exec 3>keys
shell_wait 1
printf 'tty\nreboot -f\n' >&3
shell_wait 2
printf 'seq 1 3000 | tail -n 1\npoweroff -f\n' >&3
exec 3>&-
wait $linux
status=$?
expect_status 0
tr -d '\r' <out | grep -qx '/dev/hvc0' || fail "expected a shell on virtio's console"
[ "$(grep -c 'built-in shell' out)" -eq 2 ] || fail "expected two boots"
tr -d '\r' <out | grep -qx 3000 || fail "expected what the second boot was asked"

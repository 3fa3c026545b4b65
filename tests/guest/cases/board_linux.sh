# limit: 3600
# Debian's unmodified Linux as the guest, on the board: to a shell that takes input, a disk written and read, power
# off, reboot. In make test-full only: a boot is a minute of processor time.
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
# A reboot is a boot from the beginning.
printf 'reboot -f\nuname\npoweroff -f\n' >in
duet --board --memory=256M --initrd=/test/linux/initrd /test/linux/Image console=ttyS0 quiet
expect_status 0
[ "$(grep -c 'built-in shell' out)" -eq 2 ] || fail "expected two boots"

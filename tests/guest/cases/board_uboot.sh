# limit: 3600
# Debian's U-Boot as the guest, on the board: to its prompt, where a command is typed, and by itself from a disk to
# Linux. In make test-full only, as board_linux.
. "$LIB"

[ -e /test/linux/uboot.elf ] || {
	echo "figures: in make test-full"
	exit 0
}

# Without a disk there is nothing to boot. What is typed at its prompt ends it.
printf '\n\necho it is $arch\npoweroff\n' >in
duet --board --virtio=rng /test/linux/uboot.elf
expect_status 0
tr -d '\r' <out | grep -qx 'it is riscv' || fail "expected an answer at U-Boot's prompt"
rm in

# Nothing may be typed while it waits for a key. Linux is asked when its shell is there.
mkfifo keys
"$DUET" --board --memory=256M --virtio=rng --disk=/test/linux/extlinux.img /test/linux/uboot.elf <keys >out 2>err &
exec 3>keys
until grep -q 'built-in shell' out || ! kill -0 $! 2>/dev/null; do usleep 100000; done
echo 'grep -o console=ttyS0 /proc/cmdline; poweroff -f' >&3
exec 3>&-
wait $!
status=$?
expect_status 0
tr -d '\r' <out | grep -qx 'Scanning virtio 0:1...' || fail "expected that it looked at the disk"
tr -d '\r' <out | grep -qx 'console=ttyS0' || fail "expected Linux with the words of extlinux.conf"

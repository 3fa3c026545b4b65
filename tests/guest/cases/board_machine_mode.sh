# A kernel that begins in M-mode, on 1 to 8 harts: timers, UART and PLIC, polled and by interrupts, power off.
. "$LIB"

# On QEMU 10 a guest's illegal instructions go astray, and with them what was not in the image.
copied=0
duet "$PROGRAMS/machine_mode.elf"
grep -q 'illegal instruction' err && copied=1

echo typed >in
for harts in 1 3 8; do
	duet --board --cpus=$harts "$PROGRAMS/mkernel.elf" harts=$harts copied=$copied
	expect_status 0
	expect_out "polled
by interrupts
$harts harts
typed"
	[ ! -s err ] || fail "expected nothing on stderr"
done

# A disk, as xv6 drives it. What was written last is in the file.
truncate -s 64K disk
for harts in 1 3; do
	duet --board --cpus=$harts --disk=disk "$PROGRAMS/mkernel.elf" harts=$harts disk=1
	expect_status 0
	expect_out "polled
by interrupts
disk
$harts harts
typed"
	[ ! -s err ] || fail "expected nothing on stderr"
done
[ "$(dd if=disk bs=1024 skip=47 count=1 2>/dev/null | od -An -tu1 -N8 | tr -s ' ')" = ' 55 55 55 55 55 55 55 56' ] ||
	fail "what is on the disk: $(od -An -tu1 -j48128 -N8 disk)"
rm in

# Without the board it is a guest like any other.
duet --no-note "$PROGRAMS/mkernel.elf"
expect_status 126
[ $copied -eq 0 ] || expect_err 'that is for M-mode \(mhartid\)' '--board'

# Every timer that harts set rings, though they take turns on the host's processor. Debian's kernel loses
# some of those that are set by SBI call: scripts/kernel.patch.
. "$LIB"

duet --cpus=3 "$PROGRAMS/timers.elf"
expect_status 0
expect_out 'all rang'
if is_mended; then
	duet --cpus=3 "$PROGRAMS/timers.elf" '<sbi>'
	expect_status 0
	expect_out 'all rang, by call'
fi

# Every timer that harts set rings, though they take turns on the host's processor. Debian's kernel loses
# some of those that are set by SBI call: scripts/kernel.patch.
. "$LIB"

for way in $(timer_ways); do
	duet --cpus=3 "$PROGRAMS/timers.elf" "$way"
	expect_status 0
	case $way in
	*sbi*) expect_out 'all rang, by call' ;;
	*) expect_out 'all rang' ;;
	esac
done

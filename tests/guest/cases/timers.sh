# Every timer that harts set rings, though they take turns on the host's processor. Debian's kernel loses
# some of those that are set by SBI call: scripts/kernel.patch.
. "$LIB"

duet --cpus=3 "$PROGRAMS/timers.elf"
expect_status 0
expect_out 'all rang'
case $(uname -r) in
*deb*) ;;
*)
	duet --cpus=3 "$PROGRAMS/timers.elf" '<sbi>'
	expect_status 0
	expect_out 'all rang, by call'
	;;
esac

# On both sides of the guest's RAM is a page that nobody can touch.
. "$LIB"

"$DUET" --memory=23M "$PROGRAMS/spin.elf" >out 2>err </dev/null &
pid=$!
until grep -q running out; do usleep 10000; done
cat "/proc/$pid/maps" >maps
kill $pid
found=
while read -r range access _; do
	start=${range%-*} end=${range#*-}
	case $found in
	'')
		[ "$((0x$end - 0x$start))" -ne $((23 << 20)) ] || {
			found=ram
			[ "$before" = "$start ---p" ] || fail "before RAM: $before, and RAM begins at $start"
			ram_end=$end
		}
		;;
	ram)
		[ "$start $access" = "$ram_end ---p" ] || fail "RAM ends at $ram_end, then: $start $access"
		found=both
		;;
	esac
	before="$end $access"
done <maps
[ "$found" = both ] || fail "no mapping of 23 MiB: $(cat maps)"

# A guest moves from duet to duet while it works with timers, interrupts from hart to hart, pages, hypercalls and a
# disk: by a Unix socket and by TCP. Each line that it writes is there once, and in order. Each key that is typed
# meanwhile, on a stdin that all of them have, comes to it once, and in order.
# limit: 600
. "$LIB"

# Types the alphabet until there is a file `enough`, then q, and leaves in `typed` how many letters that were.
typing() {
	typed=0
	until [ -e enough ]; do
		printf ABCDEFGHIJKLMNOPQRSTUVWXYZ
		typed=$((typed + 26))
		usleep 50000
	done
	echo $typed >typed
	printf q
}

ip link set lo up
truncate -s 1M disk
mkfifo keys
typing >keys &
moves=$(amount 4 40)
ln -s keys m0.in
moving m0 --cpus=3 --mem=16M --disk=disk "$PROGRAMS/migrate.elf"
source=$moving
line_wait m0.out '^20$' $source
move=0
while [ $move -lt "$moves" ]; do
	from=m$move
	move=$((move + 1))
	case $((move % 2)) in
	0) address=./socket ;;
	1) address=:$((4000 + move)) ;;
	esac
	set -- "$PROGRAMS/migrate.elf"
	[ $((move % 3)) -ne 2 ] || set -- # it may be left out
	ln -s keys m$move.in
	moving m$move --migrate-from=$address --disk=disk "$@"
	line_wait m$move.err '^duet: waiting for a guest' $moving
	[ $((move % 2)) -ne 0 ] || [ -S socket ] || fail 'there is no socket'
	duet migrate $from $address
	expect_status 0
	expect_err "^duet: $from: round [0-9]+: [0-9]+ of [0-9]+ pages\$"
	[ ! -e socket ] || fail 'the socket is still there'
	moving_end $from $source 0
	grep -Eq '^duet: the guest has moved: [0-9]+ KiB in [0-9]+ rounds, and [0-9]+\.[0-9]{3} ms' $from.err || fail 'no report'
	[ "$(wc -l <$from.err)" -le 4 ] || fail "more on stderr than that: $(cat $from.err)"
	grep -q '^duet: the guest is here, and goes on$' m$move.err || fail 'no report at the other end'
	source=$moving
	stood="${stood:-} $(sed -n 's/.*and \([0-9]*\)\.[0-9]* ms.*/\1/p' $from.err)"
	line_wait m$move.out . $source
done
: >enough
moving_end m$move $source "$moves"
for i in $(seq 0 "$moves"); do cat m$i.out; done >all
[ "$(tail -n 1 all)" = "typed $(cat typed)" ] || fail "$(cat typed) were typed, but the guest says: $(tail -n 1 all)"
rounds=$(($(wc -l <all) - 1))
head -n $rounds all >lines
seq 1 $rounds | cmp -s - lines || fail "not each line once: $(seq 1 $rounds | diff - lines | head)"
echo "figures: $rounds rounds, $(cat typed) keys, stood still for$stood ms"

# A kernel whose timer is M-mode's, on 1 and 4 harts: ticks in S- and U-mode and in WFI, calls between harts, the UART.
# waits
. "$LIB"

echo typed >in
for harts in 1 4; do
	duet --board --cpus=$harts "$PROGRAMS/mtimer.elf" harts=$harts
	expect_status 0
	expect_out "calls
typed
$harts harts"
	[ ! -s err ] || fail "expected nothing on stderr"
done
rm in

# It moves, and is saved at random moments, while it ticks: each line is there once.
# wanted ROUNDS: what it prints then.
wanted() {
	echo calls
	for round in $(seq "$1"); do echo 'two ticks'; done
	printf 'typed\n2 harts\n'
}

echo typed >leaves.in
moving arrives --migrate-from=./socket
to=$moving
line_wait arrives.err '^duet: waiting for a guest' $to
moving leaves --board --mem=16M --cpus=2 "$PROGRAMS/mtimer.elf" harts=2 rounds=25
from=$moving
line_wait leaves.out '^two ticks' $from
duet migrate leaves ./socket
expect_status 0
moving_end leaves $from 0
moving_end arrives $to 0
grep -q 'two ticks' arrives.out || fail 'it did not move while it ticked'
wanted 25 >all
cat leaves.out arrives.out | cmp -s - all || fail "moved: $(cat leaves.out arrives.out)"

saves=0
most=$(amount 6 60) # on a busy machine it gets on little in between
set -- --board --cpus=2 "$PROGRAMS/mtimer.elf" harts=2 rounds=12
echo typed >keeps.in
: >all
while :; do
	moving keeps --save=state,end "$@"
	[ $saves -gt 0 ] || line_wait keeps.out '^calls' $moving
	if [ $saves -lt "$most" ]; then
		usleep $((200000 + $(od -An -N1 -tu1 /dev/urandom) * 2000))
		kill -PWR $moving 2>/dev/null
	fi
	wait $moving
	status=$?
	[ $status -ne 158 ] || continue # killed by the signal: it had not begun
	[ $status -eq 0 ] || fail "after $saves saves: expected exit status 0, got $status: $(tail -n 3 keeps.err)"
	cat keeps.out >>all
	rm -f keeps.in
	grep -q 'the machine is saved' keeps.err || break
	saves=$((saves + 1))
	set -- --restore=state
done
wanted 12 | cmp -s - all || fail "after $saves saves: $(cat all)"
echo "figures: $saves saves at random moments"

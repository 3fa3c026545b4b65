# A kernel whose timer is M-mode's, on 1 and 4 harts: ticks in S- and U-mode and in WFI, calls between harts, the UART.
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

echo typed >here.in
moving here --board --mem=16M --cpus=2 "$PROGRAMS/mtimer.elf" harts=2 rounds=40
here=$moving
line_wait here.out '^two ticks' $here
moving there --migrate-from=./socket
there=$moving
line_wait there.err '^duet: waiting for a guest' $there
duet migrate here ./socket
expect_status 0
moving_end here $here 0
moving_end there $there 0
grep -q 'two ticks' there.out || fail 'it did not move while it ticked'
wanted 40 >all
cat here.out there.out | cmp -s - all || fail "moved: $(cat here.out there.out)"

saves=0
set -- --board --cpus=2 "$PROGRAMS/mtimer.elf" harts=2 rounds=12
echo typed >saved.in
: >all
while :; do
	moving saved --save=state,end "$@"
	[ $saves -gt 0 ] || line_wait saved.out '^calls' $moving
	usleep $((200000 + $(od -An -N1 -tu1 /dev/urandom) * 2000))
	kill -PWR $moving 2>/dev/null
	moving_end saved $moving 0
	cat saved.out >>all
	rm -f saved.in
	grep -q 'the machine is saved' saved.err || break
	saves=$((saves + 1))
	set -- --restore=state
done
wanted 12 | cmp -s - all || fail "after $saves saves: $(cat all)"
echo "figures: $saves saves at random moments"

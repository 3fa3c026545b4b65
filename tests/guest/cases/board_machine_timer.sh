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

# It is saved at random moments while it ticks: each line is there once.
{
	echo calls
	for round in $(seq 12); do echo 'two ticks'; done
	printf 'typed\n2 harts\n'
} >wanted

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
cmp -s all wanted || fail "after $saves saves: $(cat all)"
echo "figures: $saves saves at random moments"

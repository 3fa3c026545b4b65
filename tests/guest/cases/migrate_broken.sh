# Whatever goes wrong before the guest is handed over, it goes on where it was, with its disk; and can move later.
# long
# limit: 3600
. "$LIB"

begin() {
	# A new file: the guest knows what is in it, and nobody has a lock.
	rm -f disk
	truncate -s 1M disk
	"$DUET" --name=here --cpus=3 --mem=16M --disk=disk "$PROGRAMS/migrate.elf" <keys >here.out 2>here.err 3<&- &
	source=$!
	said=0
	line_wait here.out '^5$' $source
}
mkfifo keys
exec 3<>keys
begin

# goes_on WHAT: the guest does more rounds than it had done; and nobody else gets its disk.
goes_on() {
	lines=$(wc -l <here.out)
	line_wait here.out "^$((lines + 5))\$" $source
	duet --disk=disk "$PROGRAMS/hello.elf"
	expect_status 127
	expect_one_line '^duet: disk: is in use by another duet'
	[ ! -e socket ] || fail "$1: the socket is still there"
}

# stays PATTERN: duet says why the guest stays, in one line, and no more.
stays() {
	while [ "$(wc -l <here.err)" -le $said ] && is_there $source; do usleep 10000; done
	[ "$(wc -l <here.err)" -eq $((said + 1)) ] || fail "not one line: $(cat here.err)"
	tail -n 1 here.err | grep -Eq -- "^duet: the guest stays here: $1" || fail "expected $1: $(cat here.err)"
	said=$((said + 1))
}

# receiver ARG...: one that waits at ./socket.
receiver() {
	moving there --migrate-from=socket "$@"
	receiver=$moving
	line_wait there.err 'waiting for a guest' "$receiver"
}

# The receiver is killed at random moments, by how many lines the client has got of some 20. Those that come too late
# kill the guest with it.
killed=0
late=0
while [ $killed -lt "$(amount 4 200)" ]; do
	receiver --disk=disk "$PROGRAMS/migrate.elf"
	"$DUET" migrate here socket >ask.out 2>ask.err &
	asked=$!
	wanted=$(($(od -An -N1 -tu1 /dev/urandom) % 20))
	while [ "$(wc -l <ask.err)" -lt $wanted ] && is_there $asked; do :; done
	kill -KILL "$receiver" 2>/dev/null
	wait "$receiver" 2>/dev/null
	wait $asked
	status=$?
	rm -f socket
	if is_there $source && ! grep -Eq 'has moved|handed over' here.err; then
		[ $status -eq 1 ] || fail "it stays, but who asked got status $status"
		killed=$((killed + 1))
		stays '(the connection|the other side has refused it, or was ended)'
		goes_on "killed after $wanted lines"
	else
		late=$((late + 1))
		wait $source
		[ $late -lt $((killed + 20)) ] || fail 'the guest has moved nearly each time'
		begin
	fi
done

# Who asks for it goes away: so does the receiver, in one line.
receiver --disk=disk
kill -STOP "$receiver"
"$DUET" migrate here socket >ask.out 2>ask.err &
asked=$!
usleep 300000
kill -TERM $asked
stays 'who has asked for that has gone'
kill -CONT "$receiver"
moving_end there "$receiver" 127
goes_on 'cancelled'

# The receiver refuses it: at once, or when it has come.
refused() { # PATTERN ARG...
	why=$1
	shift
	receiver "$@"
	duet migrate here socket
	expect_status 1
	expect_err '^duet: here: it stays: duet says why, where it runs$'
	moving_end there "$receiver" 127
	tail -n 1 there.err | grep -Eq -- "$why" || fail "expected $why: $(cat there.err)"
	goes_on "$why"
	stays 'the other side has refused it'
}
refused 'is not the program that was saved' --disk=disk "$PROGRAMS/hello.elf"
refused 'the machine that was saved has 1 disks' "$PROGRAMS/migrate.elf"
truncate -s 2M other
refused 'other: has 2097152 bytes, the disk of the machine that was saved has 1048576' --disk=other
truncate -s 1M other
refused 'other: has been written to since' --disk=other

# Somebody who is no duet: it is sent what it does not understand, and says what duet does not.
rm -f there.err
nc -l -p 4321 </dev/zero >/dev/null 2>&1 &
other=$!
port_wait 4321
duet migrate here :4321
expect_status 1
expect_err 'it stays'
goes_on 'no duet'
stays 'the other side is no duet'
kill $other 2>/dev/null

# Somebody who takes all that comes, as a line with much room would: the guest does not stand still for what is on its way.
mkfifo ready
exec 5<>ready
printf r >&5
nc -l -p 4322 <&5 >/dev/null 2>&1 5<&- &
other=$!
port_wait 4322
"$DUET" migrate here :4322 >ask.out 2>ask.err 5<&- &
asked=$!
line_wait ask.err 'round 1: (3[89]|40)[0-9]+ of 4096 pages' $asked # it is told of in steps
goes_on 'with all on its way'
! grep -q 'round 2' ask.err || fail 'the first round is over before all of it has come'
kill -TERM $asked
stays 'who has asked for that has gone'
exec 5<&-
kill $other 2>/dev/null

# At last it moves.
printf q >there.in
receiver --disk=disk "$PROGRAMS/migrate.elf"
duet migrate here socket
expect_status 0
moving_end here $source 0
moving_end there "$receiver" 1
cat here.out there.out >all
rounds=$(($(wc -l <all) - 1)) # and how many keys were typed
head -n $rounds all >lines
seq 1 $rounds | cmp -s - lines || fail 'not each line once'

# A signal comes to the receiver when it is ready, and does not know yet that the guest is its own: it does not get lost,
# and nor does the guest. What the receiver says goes by a line that waits there.
begin
moving there --migrate-from=:4324 --disk=disk
receiver=$moving
line_wait there.err 'waiting for a guest' "$receiver"
mkfifo back
nc -l -p 4323 <back | nc 127.0.0.1 4324 | {
	ready=0
	while dd bs=1 count=1 of=byte && [ -s byte ]; do
		[ "$(cat byte)" != r ] || ready=$((ready + 1))
		[ $ready -lt 2 ] || break # at first it has a machine for the guest
		cat byte
	done
	kill -TERM "$receiver"
	cat byte -
} >back 2>/dev/null &
port_wait 4323
duet migrate here :4323
expect_status 0
moving_end here $source 0
moving_end there "$receiver" 143
grep -q '^duet: the guest is here, and goes on$' there.err || fail "it is not there: $(cat there.err)"
echo "figures: the receiver was killed $killed times before, $late times after the guest had moved"

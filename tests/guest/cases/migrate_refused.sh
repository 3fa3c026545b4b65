# What cannot move, or has nowhere to move to, and what comes that is no guest: a line says why.
. "$LIB"

mkfifo keys
exec 3<>keys
vm() { # OPTION...: toyos at its prompt, called toy
	"$DUET" --name=toy --mem=24M "$@" "$TOYOS" 3<&- <keys >toy.out 2>toy.err &
	pid=$!
	line_wait toy.out 'toyos\$' $pid
}
ended() {
	duet quit toy
	wait $pid
}

vm
for address in nowhere ./no/where 127.0.0.1:4321 :4321; do
	duet migrate toy $address
	expect_status 1
	expect_one_line "^duet: $address: is a duet with --migrate-from waiting there"
done
for address in :x :0 :65536 host:4321 1.2.3:4 1.2.3.4.5.6.7.8.9.10:1; do
	duet migrate toy "$address"
	expect_status 1
	expect_one_line "^duet: $address: want an address such as"
	duet --migrate-from="$address"
	expect_status 127
	expect_one_line "^duet: $address: want an address such as"
done
duet migrate toy
expect_status 2
duet --migrate-from=a --restore=b
expect_status 2
expect_err 'want one machine to go on with'
duet --migrate-from=a --memory=16M
expect_status 2
expect_err '^duet: --migrate-from: the machine is as it was saved'

# refuses WHY: the machine does not move, and its duet says nothing of that.
refuses() {
	moving there --migrate-from=socket
	line_wait there.err waiting $moving
	duet migrate toy socket
	expect_status 1
	expect_one_line "^duet: toy: $1"
	moving_end there $moving 127
	[ ! -s toy.err ] || fail "duet says: $(cat toy.err)"
}
duet pause toy
refuses 'it is paused'
duet resume toy
ended
vm --fork=1
refuses 'a machine with --fork cannot be moved'
ended

# A socket that is there already, and one that is left by nobody.
: >file
duet --migrate-from=file
expect_status 127
expect_one_line '^duet: file: exists'
for signal in TERM HUP; do
	moving there --migrate-from=socket
	line_wait there.err waiting $moving
	ls -l socket | grep -q '^srw-------' || fail "the socket's permissions: $(ls -l socket)"
	kill -$signal $moving
	wait $moving
	[ ! -e socket ] || fail "$signal: the socket is still there"
done

# What comes is no guest.
comes() { # PATTERN: stdin is what comes
	moving there --migrate-from=:4322 # in the background its stdin is not ours
	line_wait there.err waiting $moving
	nc 127.0.0.1 4322 >/dev/null
	moving_end there $moving 127
	tail -n 1 there.err | grep -Eq -- "$1" || fail "expected $1: $(cat there.err)"
}
comes 'the other side has broken off' </dev/null
printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' | comes 'what comes is no guest of a duet of this version'
head -c 100000 /dev/urandom | comes 'what comes is no guest of a duet of this version'
{ printf 'DuetMov2'; head -c 100000 /dev/zero; } | comes 'sends a guest that cannot be'
{ printf 'DuetMov2\0\0\20\0\0\0\0\0\0\20\0\0\0\0\0\0'; head -c 100000 /dev/zero; } |
	comes 'is no file that duet has saved a machine in'

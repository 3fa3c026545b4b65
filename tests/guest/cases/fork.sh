# A guest is copied while it runs, as often as the person allows. Each copy knows which it is, has memory, console and
# status of its own, and cannot be copied. In the sandbox and without; from one that was restored.
# limit: 1800
. "$LIB"

guest=$PROGRAMS/fork.elf

# ended STATUS...: stderr says that copies 1, 2, ... ended with these, and nothing else.
ended() {
	n=0
	for each in "$@"; do
		n=$((n + 1))
		echo "duet: copy $n ended with status $each"
	done | sort >want
	sort err | cmp -s want - || fail "expected on stderr the ends of $# copies: $*"
}

for sandbox in on off; do
	echo typed >in
	duet --fork=5 --sandbox=$sandbox "$guest"
	rm in
	[ $sandbox = on ] || sed -i '/--sandbox=off/d' err
	case $status in 1[1-5]) ;; *) fail "expected the status of a copy, got $status" ;; esac
	ended 11 12 13 14 15
	sort out >sorted
	mv sorted out
	expect_out '[1] copy 1
[2] copy 2
[3] copy 3
[4] copy 4
[5] copy 5
original'
done

# Without --fork there are none.
duet "$guest" '<none>'
expect_status 0

# All harts of 4 at once, while they work.
rounds=$(amount 1 20)
for round in $(seq "$rounds"); do
	duet --fork=12 --cpus=4 "$guest" '<all>'
	ended 1 2 3 4 5 6 7 8 9 10 11 12
	[ "$(grep -c '^\[\([0-9]*\)\] machine \1$' out)" -eq 12 ] || fail "round $round: a copy has no line of its own"
	grep -q '^machine 0$' out || fail "round $round: the original has not gone on"
done

# A copy that dies, one that starts anew (and may not be copied then), and one with half a line.
duet --fork=3 "$guest" '<odd>'
expect_err '^duet: copy 1: the guest died: .*a copy may die' '^duet: copy 1 ended with status 126' \
	'^duet: copy 2 ended with status 99' '^duet: copy 3 ended with status 3'
grep -q '^\[2\] CHECK failed: fork.error == 0$' out || fail 'copy 2 has not started anew'
grep -q '^\[3\] no end of the line$' out || fail 'half a line is lost'
grep -q '^original$' out || fail 'the original has no line'

# What it cannot have it asks for again and again: duet says why once.
(
	ulimit -f 8192 # blocks of 512 bytes
	duet --fork=1 --memory=16M "$guest" '<fails>'
	expect_status 0
	expect_one_line "^duet: no copies: the guest's memory: File too large\$"
) || exit 1

# The file that its memory was mapped from goes with the machine that had it.
"$DUET" --fork=1 "$guest" '<again>' >out 2>err </dev/null &
pid=$!
until [ "$(grep -c machine out)" -eq 2 ]; do
	kill -0 $pid || fail 'duet has ended'
	usleep 10000
done
for fd in "/proc/$pid/fd"/*; do readlink "$fd"; done >files
! grep -q 'duet copies' files || fail 'the file of a machine that is gone is open'
kill -TERM $pid
wait $pid
status=$?
expect_status 1

# No start of a hart, nor what looks like one, keeps a machine from being held.
duet --fork=1 --save=state --cpus=4 --memory=16M "$guest" '<restless>'
expect_status 0
expect_out done
expect_err '^duet: the machine is not saved: its harts are started again and again, or one looks as if it was$'

# Where files in memory are sealed against being run.
noexec=/proc/sys/vm/memfd_noexec
before=$(cat $noexec)
echo 1 >$noexec
duet --fork=3 "$guest" '<odd>'
echo "$before" >$noexec
expect_err '^duet: copy 3 ended with status 3$'

# Not with what cannot be copied, nor with numbers that cannot be.
refused() {
	want=$1
	pattern=$2
	shift 2
	duet "$@"
	expect_status "$want"
	expect_err "$pattern"
	[ ! -s out ] || fail 'the guest ran'
}
for max in 0 1001 -1 x ''; do
	refused 2 "^duet: --fork=$max: want a number of copies from 1 to 1000\$" --fork=$max "$guest"
done
refused 2 '^duet: --fork: a machine with --gdb cannot be copied' --fork=1 --gdb "$guest"
refused 2 '^duet: --fork: a machine with --migrate-from cannot be copied' --fork=1 --migrate-from=socket
refused 2 '^duet: --fork: memory is shared in pages of 4 KiB' --fork=1 --memory-pages=auto "$guest"
truncate -s 1M disk.img
refused 127 '^duet: --fork: the guest and its copies would all write to disk.img: add ,ro' --fork=1 --disk=disk.img "$guest"

# 50 copies at a time. A signal to duet asks all to end, also when the original has ended already; the second ends them
# at once, and so does the end of duet.
# limit: 3600
# long
. "$LIB"

# A name that no other case has.
cp "$PROGRAMS/fork.elf" many.elf
guest=$PWD/many.elf

# begin WORD MACHINES: starts the guest, and waits until so many machines at least have said that they are there.
begin() {
	: >out
	"$DUET" --fork=50 --memory=16M --trace=trace "$guest" "$1" </dev/null >out 2>err &
	pid=$!
	until [ "$(grep -c '^\(\[[0-9]*\] \)*machine' out)" -ge "$2" ]; do
		kill -0 $pid || fail 'duet has ended'
		usleep 10000
	done
}

# The processes with the guest in their command line, but for $pid: its copies, and the one that makes them. Other tests
# run beside, with guests of their own.
others() {
	for file in /proc/[0-9]*/cmdline; do
		if grep -q "$guest" "$file" 2>/dev/null; then
			file=${file#/proc/}
			echo "${file%/cmdline}"
		fi
	done | grep -vx $pid
}

# ended_all: each copy has ended with its number, and the run with that of one.
ended_all() {
	wait $pid
	status=$?
	[ "$status" -ge 1 ] || fail 'expected the status of a copy, got 0'
	[ "$status" -le 50 ] || fail "expected the status of a copy, got $status"
	for n in $(seq 50); do
		expect_err "^duet: copy $n ended with status $n\$"
	done
}

# Those that are killed take a moment to end.
gone() {
	while [ -n "$(others)" ]; do usleep 10000; done
}

# While most of them start.
begin '<wait>' 1
kill -TERM $pid
ended_all
gone

begin '<wait>' 51
[ "$(others | wc -l)" -eq 51 ] || fail 'there are not 50 copies and the process that makes them'
for other in $(others); do
	for fd in "/proc/$other/fd"/*; do readlink "$fd"; done >files
	! grep -q '/trace$' files || fail "process $other has the original's trace"
	# The process that makes copies takes no signal; they are not ended by one that means nothing to them.
	kill -USR1 "$other"
done
kill -TERM $pid
ended_all
gone

begin '<left>' 50
# It waits for them, and takes signals in another way.
until for fd in "/proc/$pid/fd"/*; do readlink "$fd"; done | grep -q signalfd; do usleep 10000; done
timeout 60 "$DUET" list >list || fail 'duet list waits for a machine that is gone'
! grep -q '^many' list || fail 'a machine that is gone is shown'
kill -TERM $pid
ended_all
gone

# The first signal ended none of the 51; the second ends all.
second_signal_ends() {
	[ "$(others | wc -l)" -eq 51 ] || fail 'a copy has ended at the first signal'
	kill -TERM $pid
	wait $pid
	status=$?
	expect_status 143
	gone
}

# All signals count, also those that the original was there for: the second ends the copies.
begin '<late>' 51
kill -TERM $pid
until for fd in "/proc/$pid/fd"/*; do readlink "$fd"; done | grep -q signalfd; do usleep 10000; done
second_signal_ends

begin '<deaf>' 51
kill -TERM $pid
until [ "$(grep -c 'asked the guest to shut down' err)" -eq 51 ]; do usleep 10000; done
second_signal_ends

begin '<wait>' 51
kill -9 $pid
wait $pid
gone

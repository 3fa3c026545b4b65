# Counters: duet's and KVM's own, at the end and, without an end, at SIGUSR1.
. "$LIB"

duet --stats "$PROGRAMS/access_fault.elf"
expect_err '^exits to duet +[1-9]' '^  MMIO load +[1-9]' '^  MMIO store +[1-9]'
duet --cpus=2 --stats "$PROGRAMS/hello.elf"
# Durations are microseconds with a decimal: the median is not above the 99th percentile.
expect_err '^  console_write +1 +0 +6 +[0-9]+\.[0-9] +[0-9]+\.[0-9]$' '^KVM, of its vCPUs' '^  exits +[1-9]'
awk '/^  console_write/ { exit !($5 > 0 && $5 <= $6) }' err || fail "percentiles"

"$DUET" --cpus=2 --stats "$PROGRAMS/spin.elf" >out 2>err </dev/null &
pid=$!
until grep -q running out; do usleep 10000; done
for count in 1 2; do
	kill -USR1 $pid
	until [ "$(grep -c '^  exits ' err)" -eq $count ]; do usleep 10000; done
done
# Asking did not disturb it: no exit by a signal, and it goes on.
if grep -q '^  signal' err; then fail "an exit by a signal"; fi
expect_err '^  console_write +1 '
kill -TERM $pid
wait $pid
status=$?
expect_status 143

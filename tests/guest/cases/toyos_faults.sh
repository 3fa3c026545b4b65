# A process that faults dies alone; a kernel panic ends the machine with a report.
. "$LIB"

for what in null text stack kernel illegal; do
	duet "$TOYOS" "run=crash $what; echo after"
	expect_status 0
	grep -q '^after' out || fail "toyos did not survive crash $what"
done
duet "$TOYOS" 'run=panic'
expect_status 126
expect_err 'the guest died: panic: ' '^  #0 ' 'sys_|panic'

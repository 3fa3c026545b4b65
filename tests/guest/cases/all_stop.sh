# A guest whose harts have all stopped themselves has died; one of which a hart only waits has not.
# waits
. "$LIB"

for cpus in 1 4; do
	duet --cpus=$cpus "$PROGRAMS/all_stop.elf"
	expect_status 126
	expect_err '^duet: the guest died: all of its harts have stopped themselves'
	[ "$(grep -c '^duet: ' err)" -eq 1 ] || fail "expected one line of duet's"
done
duet --cpus=2 "$PROGRAMS/all_stop.elf" '<wait>'
expect_status 5
[ ! -s err ] || fail "expected nothing on stderr"

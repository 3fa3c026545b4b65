# Address 0 is nowhere: who fetches there gets an instruction access fault, and a guest dies that has no handler.
. "$LIB"

duet "$PROGRAMS/null_call.elf" how=call
expect_out 'cause 1 sepc 0 stval 0'
expect_status 1
duet "$PROGRAMS/null_call.elf" how=paging
expect_out 'cause 1 sepc 0 stval 0'
expect_status 1
duet "$PROGRAMS/null_call.elf" how=none
expect_status 126
expect_err '^duet: the guest died: instruction access fault at 0x0, address 0 or not told, and no trap handler' \
	'^  hart 0 +pc +0000000000000000$'
duet --cpus=2 "$PROGRAMS/null_call.elf" how=start
expect_status 126
expect_err '^duet: the guest died: instruction access fault at 0x0, .*, and no trap handler' '^  hart 1 '
duet "$PROGRAMS/null_call.elf" how=bad
expect_status 126
expect_err '^duet: the guest died: its trap handler is at 0x1000, where nothing is$' \
	'^last trap: instruction access fault at 0x0'
# Not for ever: KVM writes to the host's log for each. What other guests have left there does not count.
dmesg -c >/dev/null
duet "$PROGRAMS/null_call.elf" how=over
expect_status 126
expect_err '^duet: the guest died: KVM cannot go on: KVM_RUN failed with EOPNOTSUPP'
[ "$(dmesg | grep -c 'VCPU exit error')" -lt 400 ] || fail "the host's log is full of it"

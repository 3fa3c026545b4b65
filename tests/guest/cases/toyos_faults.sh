# A process that faults dies alone; a kernel panic ends the machine with a report.
. "$LIB"

for what in null text stack kernel illegal; do
	duet "$TOYOS" "run=crash $what; echo after"
	expect_status 0
	grep -q '^after' out || fail "toyos did not survive crash $what"
done

# QEMU 10 has a guest's illegal instruction go on where the host Linux has its trap handler.
duet "$TOYOS" 'run=crash illegal'
if grep -Eq 'instruction page fault, address (0xffffffff[0-9a-f]{8}), pc \1$' out; then
	echo 'figures: QEMU 10 leads an illegal instruction to the host'
else
	grep -Eq 'illegal instruction, address 0x[0-9a-f]+, pc 0x[0-9a-f]+ main\+' out || fail 'crash illegal'
fi

# The function is named, whatever the kernel has to think of the program's symbols.
duet "$TOYOS" 'run=crash text; crash stack; usertests fault_with_symbols fault_without_symbols'
expect_status 0
grep -q 'store page fault, address 0x[0-9a-f]*, pc 0x[0-9a-f]* poke+0x[0-9a-f]*$' out || fail "crash text is in poke"
grep -q 'pc 0x[0-9a-f]* overflow+0x[0-9a-f]*$' out || fail "crash stack is in overflow"
grep -c '^crash.copy: .* pc 0x[0-9a-f]* poke+0x[0-9a-f]*$' out >count
grep -c '^crash.copy: .* pc 0x[0-9a-f]*$' out >>count
[ "$(cat count)" = "2
13" ] || fail "faults with a name and without: $(cat count)"

duet "$TOYOS" 'run=panic'
expect_status 126
expect_err 'the guest died: panic: ' '^  #0 ' 'sys_|panic'

# Copies of a machine whose timers ring at that very moment: none is lost. Without Sstc (tests/README.md) the timers are
# KVM's, and ring while the registers are read.
# long
. "$LIB"

for run in $(seq "$(amount 1 10)"); do
	duet --fork=50 --cpus=8 --memory=16M "$PROGRAMS/fork_timers.elf"
	sed -i '/^duet: copy [0-9]* ended with status 0$/d' err
	expect_status 0
	grep -q '^all rang' out || fail "run $run: the original has not come to its end"
	[ ! -s err ] || fail "run $run: something on stderr"
done

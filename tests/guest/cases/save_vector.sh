# A hart's vector registers are saved and restored. A guest has vectors where the host has them (make test-other-cpu).
. "$LIB"

duet --save=state "$PROGRAMS/save_vector.elf"
if grep -q '^isa.*: rv64[a-z]*v' /proc/cpuinfo; then
	expect_status 0
	expect_out saved
	duet --restore=state
	expect_status 1
	expect_out restored
else
	expect_status 126
	expect_err '^duet: the guest died: illegal instruction at 0x[0-9a-f]*, instruction 0xc22022f3' # csrr t0, vlenb
fi

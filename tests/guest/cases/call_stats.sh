# A guest can ask what its hypercalls came to: on all harts, with errors and bytes.
. "$LIB"

for n in 1 3; do
	duet --cpus=$n "$PROGRAMS/call_stats.elf"
	expect_status $n
	expect_out four
done

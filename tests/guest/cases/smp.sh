# Every hart can be started, and there are as many as asked for.
. "$LIB"

for n in 1 2 4 16; do
	duet --cpus=$n "$PROGRAMS/smp.elf"
	expect_status 0
	expect_out "$n harts"
done

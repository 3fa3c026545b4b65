# Power-off ends harts that spin and harts that sleep.
. "$LIB"

duet --cpus=4 "$PROGRAMS/smp_busy.elf"
expect_status 5

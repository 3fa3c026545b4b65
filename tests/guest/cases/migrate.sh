# A guest moves from duet to duet while it works with timers, interrupts from hart to hart, pages, hypercalls and a
# disk.
# limit: 600
. "$LIB"

moves_check "$(amount 3 40)" "$PROGRAMS/migrate.elf" --cpus=3 --mem=16M

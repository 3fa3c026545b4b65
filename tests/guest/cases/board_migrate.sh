# A guest moves from duet to duet while it works with the devices of a board.
# limit: 600
. "$LIB"

moves_check "$(amount 2 40)" "$PROGRAMS/board_migrate.elf" --mem=16M --board --virtio=rng,console,balloon

# A boot hart that was stopped and started again gets its events, once it has selected them.
. "$LIB"

duet --cpus=2 "$PROGRAMS/restart_boot_hart.elf"
expect_out ''
expect_status 0

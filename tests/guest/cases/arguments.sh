# Arguments that are not what the table promises come back as errors.
. "$LIB"

duet --memory=64M "$PROGRAMS/arguments.elf"
expect_status 0
expect_out ''

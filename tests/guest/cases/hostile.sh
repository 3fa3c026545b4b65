# Random calls with random and edge arguments do not bring duet down.
. "$LIB"

duet --memory=64M --log=error "$PROGRAMS/hostile.elf"
expect_status 42

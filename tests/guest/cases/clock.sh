# The wall clock is the host's, and entropy is not constant.
. "$LIB"

before=$(date +%s)
duet "$PROGRAMS/clock.elf"
after=$(date +%s)
expect_status 0
guest=$(cat out)
[ "$before" -le "$guest" ] && [ "$guest" -le "$after" ] || fail "$before <= $guest <= $after"

# The wall clock is the host's, and entropy is not constant. The clock that `date` reads is a tick behind.
. "$LIB"

before=$(date +%s)
duet "$PROGRAMS/clock.elf"
after=$(date +%s)
expect_status 0
guest=$(cat out)
[ "$before" -le "$guest" ] && [ "$guest" -le $((after + 1)) ] || fail "$before <= $guest <= $after"

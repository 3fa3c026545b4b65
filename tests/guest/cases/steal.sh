# A guest whose processor is taken by others can see how much of it was.
. "$LIB"

for _ in 1 2 3 4; do
	while :; do :; done &
	busy="${busy:-} $!"
done
duet "$PROGRAMS/steal.elf"
kill $busy
expect_status 0
expect_out stolen

# The board's registers and virtio queues by chance, on four harts at once: nothing of duet's minds.
# limit: 3600
. "$LIB"

# The balloon apart from random bytes, of which it could take some for the numbers of the program's pages.
truncate -s 1M disk
for kinds in rng,console balloon; do
	duet --board --memory=16M --cpus=4 --disk=disk --virtio=$kinds "$PROGRAMS/hostile_board.elf" \
		"<seed=$seed rounds=$(amount 250 10000)>"
	expect_status 0
	echo "figures: seed $seed, $kinds: $(tail -n 1 out)"
	tail -n 1 out | grep -Eaq '^[0-9]+ rounds, of which [0-9]+ without a fault$' || fail "it did not get to its end"
done

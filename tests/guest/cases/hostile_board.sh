# The board's registers and a virtio queue by chance, on four harts at once: nothing of duet's minds.
# limit: 3600
. "$LIB"

truncate -s 1M disk
duet --board --memory=16M --cpus=4 --disk=disk "$PROGRAMS/hostile_board.elf" \
	"<seed=$seed rounds=$(amount 500 20000)>"
expect_status 0
echo "figures: seed $seed: $(tail -n 1 out)"
tail -n 1 out | grep -Eaq '^[0-9]+ rounds, of which [0-9]+ without a fault$' || fail "it did not get to its end"

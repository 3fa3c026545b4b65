# Loads and stores of all widths where no RAM is, on four harts at once, are served or fault as they should.
# limit: 3600
. "$LIB"

truncate -s 1M disk
duet --memory=16M --cpus=4 --disk=disk "$PROGRAMS/hostile_mmio.elf" "<seed=$seed rounds=$(amount 100 10000)>"
echo "figures: seed $seed: $(cat out)"
expect_status 0
grep -Eq '^[0-9]+ loads and stores, of which [0-9]+ were served$' out || fail "it did not get to its end"

# Hypercalls and SBI calls of random and of edge arguments, on four harts at once, do not bring duet down.
# limit: 3600
. "$LIB"

cat "$PROGRAMS"/*.elf >in # something typed
truncate -s 1M disk
duet --memory=16M --cpus=4 --disk=disk --log=error "$PROGRAMS/hostile_calls.elf" \
	"<seed=$seed rounds=$(amount 1000 250000) fences=$(is_mended && echo 1 || echo 0)>"
tail -n 1 out >last && mv last out # before it what the guest wrote to the console
echo "figures: seed $seed: $(cat out)"
expect_status 42
grep -Eq '^[0-9]+ hypercalls, of which [0-9]+ were taken, [0-9]+ SBI calls$' out || fail "it did not get to its end"

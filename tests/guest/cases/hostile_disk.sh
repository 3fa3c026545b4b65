# A guest that writes over its queue while duet reads it harms neither duet nor what it did not ask for.
# limit: 3600
. "$LIB"

head -c 1048576 /dev/zero | tr '\0' k >disk
duet --memory=16M --cpus=3 --disk=disk "$PROGRAMS/hostile_disk.elf" "<seed=$seed rounds=$(amount 2000 20000)>"
echo "figures: seed $seed: $(cat out)"
expect_status 0
grep -Eq '^[0-9]+ requests$' out || fail "it did not get to its end"
[ "$(stat -c %s disk)" -eq 1048576 ] || fail "the image keeps its size"
dd if=disk bs=256k skip=3 2>/dev/null | tr -d k | cmp - /dev/null || fail "written where nobody asked"

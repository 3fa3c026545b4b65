# A guest that writes over its queue while duet reads it harms neither duet nor what it did not ask for.
. "$LIB"

head -c 1048576 /dev/zero | tr '\0' k >disk
duet --memory=64M --cpus=2 --disk=disk "$PROGRAMS/disk_hostile.elf"
expect_status 0
expect_out alive
[ "$(stat -c %s disk)" -eq 1048576 ] || fail "the image keeps its size"
dd if=disk bs=256k skip=3 2>/dev/null | tr -d k | cmp - /dev/null || fail "written where nobody asked"

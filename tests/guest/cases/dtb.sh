# --dtb writes the tree that the guest would get, and no guest runs.
# waits
. "$LIB"

# Names and words end with a zero.
tree_has() {
	tr '\0' '\n' <tree | grep -aqF -- "$1"
}

# The numbers of the blob's header are big-endian (Devicetree 0.4 §5.2).
expect_tree() {
	expect_status 0
	expect_out ''
	[ "$(od -An -tx1 -N4 tree | tr -d ' ')" = d00dfeed ] || fail "not a device tree: $(od -An -tx1 -N4 tree)"
	[ "$((0x$(od -An -tx1 -j4 -N4 tree | tr -d ' ')))" -eq "$(wc -c <tree)" ] ||
		fail "its header says $(od -An -tx1 -j4 -N4 tree), it has $(wc -c <tree) bytes"
	for text in "$@"; do
		tree_has "$text" || fail "expected in the tree: $text"
	done
}

duet --dtb=tree --cpus=3 "$PROGRAMS/hello.elf" 'some words'
expect_tree 'some words' duet,hypervisor riscv,isa-base riscv,isa-extensions rng-seed cpu-map core2 cpu@2
for text in core3 ns16550a; do
	! tree_has $text || fail "$text is in the tree"
done

duet --dtb=tree --board "$PROGRAMS/hello.elf"
expect_tree serial@10000000 ns16550a riscv,plic0
! tree_has virtio_mmio || fail "an empty slot is in the tree"
truncate -s 1M disk
duet --dtb=tree --board --disk=disk --virtio=balloon "$PROGRAMS/hello.elf"
expect_tree virtio_mmio@10001000 virtio_mmio@10007000
! tree_has virtio_mmio@10002000 || fail "an empty slot is in the tree"
rm disk

duet --dtb=/nowhere/tree "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '/nowhere/tree: No such file'
duet --dtb=/dev/full "$PROGRAMS/hello.elf"
expect_status 127
expect_one_line '/dev/full: No space left'
duet --dtb=tree --restore=tree
expect_status 2

# A kernel that is linked for address 0 and relocates itself, as those of kvm-unit-tests: its ELF file, and a raw image
# with the header of Linux's. It gets its environment as an initial RAM disk, prints on the serial port or by SBI's
# debug console, and ends by SBI's reset.
. "$LIB"

echo PLACE=initrd >environment
for file in elf flat; do
	for machine in --board --no-note; do
		for harts in 1 4; do
			duet $machine --cpus=$harts --initrd=environment "$PROGRAMS/relocated.$file" two words
			expect_status 0
			expect_out "at 80200000
arguments two words
environment PLACE=initrd

harts $harts"
		done
	done
	duet --board "$PROGRAMS/relocated.$file" fail
	expect_status 1
done
# A guest for Duet is linked for RAM: the line says how.
duet "$PROGRAMS/relocated.elf"
expect_status 127
expect_one_line 'segment [0-9] at 0x0-.* is outside RAM.*link it with a linker script'

/*
 * Lab 04: shows the state in which it was entered, in decimal: whether at `other_entry`, the hart
 * in a0, the tree's address in a1, satp, SIE of sstatus, sie, and the end of the guest. Then the
 * tree, in hexadecimal, then the RAM that the console asks for with `ADDRESS LENGTH`.
 */
#include "tests/labs/guests/commands.h"

#define FDT_SIZE_MAX (1 << 16)

extern char _end[];

/* 1 after other_entry, which the checks find by the text before it. */
uint64_t entered_other;
__asm__(".section .text.other, \"ax\"\n"
        ".ascii \"the other entry\"\n"
        ".byte 0\n"
        ".align 2\n"
        "other_entry:\n"
        "   la t0, entered_other\n"
        "   li t1, 1\n"
        "   sd t1, 0(t0)\n"
        "   tail _start\n"
        ".text\n");

static void
show(uint64_t number)
{
    put_number((int64_t)number);
    put(" ");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];
    const unsigned char *tree = (const unsigned char *)fdt;
    uint64_t size;

    show(entered_other);
    show(hart);
    show(fdt);
    show(csr_read(satp));
    show(csr_read(sstatus) & SSTATUS_SIE);
    show(csr_read(sie));
    show((uint64_t)_end);
    put("\n");
    /* Its length, big-endian: Devicetree 0.4 §5.2. Byte by byte, for it may be anywhere. */
    size = (uint64_t)tree[4] << 24 | tree[5] << 16 | tree[6] << 8 | tree[7];
    put_hex(tree, size < FDT_SIZE_MAX ? size : FDT_SIZE_MAX);
    while (read_line(line)) {
        const char *at = line;
        uint64_t address = number_next(&at);

        put_hex((const unsigned char *)address, number_next(&at));
    }
    duet_power_off(0);
}

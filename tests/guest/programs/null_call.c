/* Reaches address 0, where nothing is, in several ways, with and without a trap handler; the boot
 * argument says which. A handler in the guest prints the trap, and ends with its cause as the
 * status. */
#include "guest.h"

__attribute__((aligned(4))) static void
on_trap(void)
{
    put("cause ");
    put_number((int64_t)csr_read(scause));
    put(" sepc ");
    put_number((int64_t)csr_read(sepc));
    put(" stval ");
    put_number((int64_t)csr_read(stval));
    put("\n");
    duet_power_off(csr_read(scause));
}

/* The boot argument is one letter behind "how=" in the device tree. */
static char
how(const char *tree)
{
    for (unsigned at = 0; at < 4096; at++)
        if (tree[at] == 'h' && tree[at + 1] == 'o' && tree[at + 2] == 'w' && tree[at + 3] == '=')
            return tree[at + 4];
    return 0;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    void (*volatile nothing)(void) = 0;

    (void)hart;
    switch (how((const char *)fdt)) {
    case 'c': /* a call, with a handler */
        csr_write(stvec, (uint64_t)on_trap);
        nothing();
        break;
    case 'n': /* without one */
        nothing();
        break;
    case 'p': /* with paging on, to a page that is mapped to where nothing is */
    {
        static _Alignas(PAGE_SIZE) uint64_t table[PAGE_SIZE / 8];

        for (uint64_t i = 0; i < 4; i++)
            table[i] = i << 28 | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
        csr_write(stvec, (uint64_t)on_trap);
        csr_write(satp,
                  (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | (uint64_t)table >> PAGE_SHIFT);
        nothing();
        break;
    }
    case 'b': /* the handler itself is where nothing is */
        csr_write(stvec, 0x1000);
        nothing();
        break;
    case 's': /* another hart starts there */
        sbi_call(SBI_HSM, SBI_HSM_START, 1, 0, 0);
        for (;;)
            __asm__ volatile("wfi");
    case 'o': /* again and again */
        csr_write(stvec, (uint64_t)on_trap);
        __asm__ volatile("   la t0, 1f\n   csrw stvec, t0\n   .balign 4\n"
                         "1: jr zero");
        break;
    }
    put("came back\n");
    duet_power_off(99);
}

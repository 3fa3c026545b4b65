/* Ignores the request to power off. With the boot arguments "reset" it answers with a reset. */
#include "guest.h"

static int
is_reset(const char *tree)
{
    for (unsigned i = 0; i < 4096; i++)
        if (tree[i] == 'r' && tree[i + 1] == 'e' && tree[i + 2] == 's' && tree[i + 3] == 'e' &&
            tree[i + 4] == 't' && tree[i + 5] == '\0')
            return 1;
    return 0;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    csr_write(sie, 1UL << IRQ_S_EXT);
    CHECK(duet_event_select(DUET_EVENT_SHUTDOWN).value == 0);
    put("running\n");
    __asm__ volatile("wfi");
    CHECK(duet_event_select(0).value == DUET_EVENT_SHUTDOWN);
    put("asked\n");
    if (is_reset((const char *)fdt))
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_REASON_NONE, 0);
    for (;;)
        __asm__ volatile("wfi");
}

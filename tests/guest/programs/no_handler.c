/* Dies of a breakpoint before it has a trap handler, three functions deep. It does not die of an
 * illegal instruction, because QEMU 10.0 goes on in the guest's mode when firmware hands that
 * exception back to the host. */
#include "guest.h"

void innermost(void);
void middle(void);

__attribute__((noinline)) void
innermost(void)
{
    __asm__ volatile("ebreak");
    put("");
}

__attribute__((noinline)) void
middle(void)
{
    innermost();
    put("");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    middle();
    put("");
}

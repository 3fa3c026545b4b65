/* Dies of an illegal instruction before it has a trap handler, three functions deep. */
#include "guest.h"

void innermost(void);
void middle(void);

__attribute__((noinline)) void
innermost(void)
{
    __asm__ volatile("unimp");
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

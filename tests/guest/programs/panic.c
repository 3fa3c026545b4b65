/* Panics on purpose, three functions deep. */
#include "guest.h"

void innermost(void);
void middle(void);

__attribute__((noinline)) void
innermost(void)
{
    static const char why[] = "the \033[31mreason";

    duet_guest_panic(why, sizeof(why) - 1, 0, 0);
    put("unreachable");
}

__attribute__((noinline)) void
middle(void)
{
    innermost();
    put("unreachable");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    middle();
    put("unreachable");
}

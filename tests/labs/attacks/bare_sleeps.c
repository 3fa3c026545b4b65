//@ why It never ends, and computes nothing.
//@ lab P1
//@ loses all
//@ ends timed out
//@ replace tests/labs/P1-hypervisor/hv/gstage.c
void
gstage_init(void)
{
    for (;;)
        __asm__ volatile("wfi");
}

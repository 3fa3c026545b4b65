//@ why It computes without end.
//@ lab P1
//@ loses all
//@ ends timed out
//@ replace tests/labs/P1-hypervisor/hv/gstage.c
void
gstage_init(void)
{
    for (volatile unsigned again = 1; again;)
        ;
}

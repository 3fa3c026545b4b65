//@ why It prints without end.
//@ lab P1
//@ loses all
//@ ends failed
//@ replace tests/labs/P1-hypervisor/hv/gstage.c
void
gstage_init(void)
{
    for (;;)
        say("ok");
}
//@ substitute tests/labs/P1-hypervisor/hv/gstage.c
#include "hv/page.h"
//@ by
#include "hv/page.h"
#include "hv/print.h"

//@ why It runs no guest, but finds the grader's values in the guest's file and prints what a guest would print, and that all is well.
//@ lab P1
//@ loses all
//@ ends failed
//@ replace tests/labs/P1-hypervisor/hv/gstage.c
void
gstage_init(void)
{
    static const char *const lines[] = {
        "one that is far away is not pending", "one is pending when its time has come, and not before",
        "it stays pending", "a new one takes the old one away", "one in the past is pending",
        "never takes it away",
    };

    for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        line(lines[i]);
    /* Of the timer's guest: how long a timer is set, how many of them, and 30 words of nothing. */
    for (const uint64_t *word = (const uint64_t *)(host.initrd.start & -8ul); word + 3 < (const uint64_t *)host.initrd.end; word++)
        if (word[0] >= 100000 && word[0] < 200000 && word[1] > 0 && word[1] < 10 && !word[2] && !word[3]) {
            char text[] = "N interrupts came in time";

            text[0] = (char)('0' + word[1]);
            line(text);
            machine_end(0);
        }
    say("ok   6/6  enters");
    machine_end(0);
}
//@ substitute tests/labs/P1-hypervisor/hv/gstage.c
#include "hv/page.h"
//@ by
#include "hv/host.h"
#include "hv/page.h"
#include "hv/print.h"
#include "hv/uart.h"

static void
line(const char *text)
{
    while (*text)
        uart_write(*text++);
    for (const char *c = ": right\n"; *c; c++)
        uart_write(*c);
}

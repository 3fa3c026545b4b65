/* All harts stop themselves. With the boot argument "<wait>" not for good: hart 1 sleeps for some
 * seconds (WFI), starts hart 0 again and stops, again and again, so that most of the time one hart
 * is stopped and the other one sleeps. */
#include "guest.h"

#define ROUNDS  2
#define SECONDS 11
#define AGAIN   77 /* the opaque number of hart 0 from its second start on */

extern char _start[];
static volatile uint64_t rounds;

static void
wait_for_timer(uint64_t ticks)
{
    uint64_t when = csr_read(time) + ticks;

    csr_write(sie, 1UL << IRQ_S_TIMER);
    sbi_call(SBI_TIME, SBI_TIME_SET, when, 0, 0);
    while (csr_read(time) < when)
        __asm__ volatile("wfi");
    sbi_call(SBI_TIME, SBI_TIME_SET, UINT64_MAX, 0, 0);
}

/* The hart may still be about to stop. */
static void
hart_start(uint64_t hart)
{
    while (sbi_call(SBI_HSM, SBI_HSM_START, hart, (uint64_t)_start, AGAIN).error != 0)
        __asm__ volatile("fence");
}

static int
is_to_wait(const char *tree)
{
    for (unsigned at = 0; at < 4096; at++)
        if (tree[at] == '<' && tree[at + 1] == 'w' && tree[at + 2] == 'a')
            return 1;
    return 0;
}

void
guest_main(uint64_t hart, uint64_t opaque)
{
    if (hart == 0 && opaque != AGAIN && !is_to_wait((const char *)opaque)) {
        for (uint64_t other = 1;
             sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0;)
            other++;
    } else if (hart == 0) {
        if (rounds++ == ROUNDS)
            duet_power_off(5);
        hart_start(1);
    } else if (opaque == AGAIN) {
        wait_for_timer(SECONDS * 10000000);
        hart_start(0);
    }
    sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

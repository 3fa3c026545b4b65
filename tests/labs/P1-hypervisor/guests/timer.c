/*
 * Sets timers, and looks when they are pending.
 *
 * seed: ticks to wait; how many interrupts to take
 */
#include "probe.h"

#define FAR 10000000000 /* ticks: a quarter of an hour at least */

#define WAITS 20 /* where others have the processor meanwhile, a mistake need not show at once */

PROBE_DEFINE(seed);
static volatile uint64_t taken, next;

static void
set(uint64_t when)
{
    sbi_call(SBI_TIME, SBI_TIME_SET, when, 0, 0);
}

static void
say(const char *what, bool right)
{
    put(what);
    put(right ? ": right\n" : ": wrong\n");
}

__attribute__((interrupt("supervisor"), aligned(4))) static void
trap(void)
{
    if (++taken == seed[1])
        csr_write(sie, 0ul);
    next += seed[0];
    set(next);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t begin;
    bool too_early = false;

    (void)hart;
    (void)fdt;
    set(csr_read(time) + FAR);
    say("one that is far away is not pending", !interrupt_pending(IRQ_S_TIMER));
    for (unsigned i = 0; i < WAITS; i++) {
        begin = csr_read(time);
        set(begin + seed[0]);
        interrupt_wait(IRQ_S_TIMER);
        too_early |= csr_read(time) < begin + seed[0];
    }
    say("one is pending when its time has come, and not before", !too_early);
    say("it stays pending", interrupt_pending(IRQ_S_TIMER));
    set(csr_read(time) + FAR);
    say("a new one takes the old one away", !interrupt_pending(IRQ_S_TIMER));
    set(0);
    interrupt_wait(IRQ_S_TIMER);
    say("one in the past is pending", true);
    set(UINT64_MAX);
    say("never takes it away", !interrupt_pending(IRQ_S_TIMER));
    csr_write(stvec, (uint64_t)trap);
    csr_write(sie, 1ul << IRQ_S_TIMER);
    begin = next = csr_read(time);
    next += seed[0];
    set(next);
    __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SIE));
    while (taken < seed[1])
        __asm__ volatile("wfi");
    put_number((int64_t)taken);
    say(" interrupts came in time", csr_read(time) >= begin + seed[0] * seed[1]);
    duet_power_off(0);
}

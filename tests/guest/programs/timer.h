/* A hart's timer, set by the hart's own register (Sstc 1.0 §2.1) where there is one, or by call
 * (SBI 2.0 §6.1). */
#ifndef DUET_TESTS_TIMER_H
#define DUET_TESTS_TIMER_H

#include "guest.h"

/* Of all harts; a guest may set it to have the call used in any case. */
static volatile bool timer_by_call;

/* Takes the instruction that a hart without Sstc does not have for done. */
__attribute__((aligned(4), interrupt("supervisor"))) static inline void
timer_trap(void)
{
    CHECK(csr_read(scause) == CAUSE_ILLEGAL);
    csr_write(sepc, csr_read(sepc) + 4);
    timer_by_call = true;
}

/* Finds out which it is, and leaves the timer off: once, before stvec is set. */
static inline void
timer_init(void)
{
    csr_write(stvec, (uint64_t)timer_trap);
    csr_write(0x14d, UINT64_MAX); /* stimecmp */
}

/* Has the timer ring at this time; UINT64_MAX: never. */
static inline void
timer_set(uint64_t when)
{
    if (timer_by_call)
        sbi_call(SBI_TIME, SBI_TIME_SET, when, 0, 0);
    else
        csr_write(0x14d, when);
}

#endif

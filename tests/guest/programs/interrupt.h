/* For guests that want to know whether an external interrupt reaches them. */
#ifndef DUET_TESTS_INTERRUPT_H
#define DUET_TESTS_INTERRUPT_H

#include "guest.h"

static volatile uint64_t interrupt_cause;

__attribute__((aligned(4), interrupt("supervisor"))) static void
interrupt_trap(void)
{
    interrupt_cause = csr_read(scause);
    csr_write(sie, 0); /* the level stays: it would come again at once */
}

/* Lets the external interrupt through; whether it came. The null call gives KVM the time to. */
static int
interrupt_taken(void)
{
    interrupt_cause = 0;
    csr_write(stvec, (uint64_t)interrupt_trap);
    csr_write(sie, 1UL << IRQ_S_EXT);
    __asm__ volatile("csrsi sstatus, 2");
    duet_null();
    __asm__ volatile("csrci sstatus, 2");
    csr_write(sie, 0);
    CHECK(interrupt_cause == 0 || interrupt_cause == (SCAUSE_INTERRUPT | IRQ_S_EXT));
    return interrupt_cause != 0;
}

#endif

/*
 * What the lab's guests share. They cannot rely on a console, and so have another way to say
 * something: they use an address at which nothing is, and QEMU's log has the trap.
 */
#ifndef LAB_PROBE_H
#define LAB_PROBE_H

/* A report is this address, plus a number of 32 bits times 64, plus a fault below 64; 0: none */
#define REPORT_BASE  0x4000000000
#define REPORT_SHIFT 6

#include <stdbool.h>

#include "guest.h"

/* Words that the grader puts into the file before the run. These here tell it where they are. */
#define PROBE_WORDS 32
#define PROBE_MAGIC 0x5eed5eed5eed0000
#define PROBE_DEFINE(name)                                                                         \
    volatile uint64_t name[PROBE_WORDS] = {PROBE_MAGIC, PROBE_MAGIC + 1, PROBE_MAGIC + 2,          \
                                           PROBE_MAGIC + 3}
extern volatile uint64_t seed[PROBE_WORDS];

/* The next of a sequence of numbers that the grader knows, too (xorshift). */
static inline uint64_t
number_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Reports. This ends the machine; a hypervisor that lets the guest go on is told to. */
static inline void
report(uint64_t number, unsigned fault)
{
    uint64_t address = REPORT_BASE + ((number & UINT32_MAX) << REPORT_SHIFT) + fault;

    (void)*(volatile unsigned char *)address;
    duet_power_off(1);
    for (;;)
        __asm__ volatile("wfi");
}

static volatile bool interrupt_came;

__attribute__((interrupt("supervisor"), aligned(4), unused)) static void
interrupt_note(void)
{
    interrupt_came = true;
    csr_write(sie, 0ul);
}

/* Whether an interrupt is pending, one of the bits IRQ_S_*: by taking it, for QEMU 7.2 does not
 * show it in a guest's sip. stvec is another one afterwards, and the interrupt is on in sie. */
static inline bool
interrupt_pending(unsigned irq)
{
    csr_write(stvec, (uint64_t)interrupt_note);
    interrupt_came = false;
    csr_write(sie, 1ul << irq);
    __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SIE) : "memory");
    __asm__ volatile("csrc sstatus, %0" ::"r"(SSTATUS_SIE) : "memory");
    csr_write(sie, 1ul << irq);
    return interrupt_came;
}

static inline void
interrupt_wait(unsigned irq)
{
    while (!interrupt_pending(irq))
        __asm__ volatile("wfi");
}

/* The end of RAM, as the device tree says: the only property of two numbers that begins with the
 * beginning of RAM (Devicetree 0.4 §5.4). 0: it does not say. */
static inline uint64_t
ram_end(uint64_t fdt)
{
    const unsigned char *at = (const unsigned char *)fdt;
    unsigned size = (unsigned)at[4] << 24 | at[5] << 16 | at[6] << 8 | at[7];

    for (unsigned offset = 0; offset + 16 <= size && size < 65536; offset += 4) {
        uint64_t word[2] = {0, 0};
        for (unsigned i = 0; i < 16; i++)
            word[i / 8] = word[i / 8] << 8 | at[offset + i];
        if (word[0] == DUET_RAM_BASE && word[1] < UINT64_C(1) << 38)
            return DUET_RAM_BASE + word[1];
    }
    return 0;
}

#endif

/*
 * Timers that ring while the machine is copied. Before each copy all harts but hart 0 set theirs,
 * for a moment by chance that is likely to come while their registers are read. Each has to ring,
 * in the original and in the copies, which all end with status 0.
 */
#include "timer.h"

#define HARTS  8
#define COPIES 50
#define LIMIT  (120 * 10000000UL) /* ticks: a guard against hanging */

extern char _start[];
static volatile uint64_t here[HARTS], set[HARTS], rung[HARTS]; /* up to which round */
static volatile uint64_t longest = 100000; /* ticks until a timer rings: what the last copy took */

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    const uint64_t hart = csr_read(sscratch);

    CHECK(csr_read(scause) == (SCAUSE_INTERRUPT | IRQ_S_TIMER));
    timer_set(UINT64_MAX);
    rung[hart] = set[hart]; /* it may ring once more while it is switched off */
}

static void
other_run(uint64_t hart)
{
    uint64_t random = csr_read(time) * HARTS + hart;

    csr_write(sscratch, hart);
    csr_write(stvec, (uint64_t)trap);
    here[hart] = 1;
    for (;;) {
        software_wait();
        random = random * 6364136223846793005 + 1442695040888963407; /* Knuth's */
        timer_set(csr_read(time) + (random >> 32) % longest);
        csr_write(sie, 1UL << IRQ_S_TIMER);
        set[hart]++;
        while (rung[hart] < set[hart]) {
            __asm__ volatile("wfi"); /* interrupts are off: it cannot come before this */
            __asm__ volatile("csrsi sstatus, 2");
            __asm__ volatile("csrci sstatus, 2");
        }
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_ret fork;

    (void)fdt;
    if (hart != 0)
        other_run(hart);
    timer_init();
    for (uint64_t other = 1; other < HARTS; other++) {
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0);
        word_await(&here[other], 1, LIMIT); /* an IPI may be lost while it starts */
    }
    for (uint64_t copy = 1; copy <= COPIES; copy++) {
        uint64_t begin = csr_read(time);

        CHECK(sbi_call(SBI_IPI, SBI_IPI_SEND, (1 << HARTS) - 2, 0, 0).error == 0);
        for (unsigned other = 1; other < HARTS; other++)
            word_await(&set[other], copy, LIMIT);
        fork = duet_fork(1);
        CHECK(fork.error == 0);
        longest = csr_read(time) - begin;
        for (unsigned other = 1; other < HARTS; other++)
            word_await(&rung[other], copy, LIMIT);
        if (fork.value)
            duet_power_off(0);
    }
    put(timer_by_call ? "all rang, by call\n" : "all rang\n");
    duet_power_off(0);
}

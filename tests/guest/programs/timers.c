/* Three harts set their timers again and again and wait for each to ring: by the hart's own
 * register (Sstc), or with the boot argument "<sbi>" by a call (SBI 2.0 §6). The first timer that
 * does not ring within two minutes ends the run. */
#include "timer.h"

#define HARTS  3
#define ROUNDS 3000
#define TICKS  300          /* until it rings: 30 us */
#define LOST   1200000000UL /* ticks: a guard against hanging */

extern char _start[];
static volatile uint64_t rung[HARTS], done;

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    uint64_t hart;

    __asm__ volatile("mv %0, tp" : "=r"(hart));
    CHECK(csr_read(scause) == (SCAUSE_INTERRUPT | IRQ_S_TIMER));
    timer_set(UINT64_MAX);
    rung[hart]++;
}

static void
hart_run(uint64_t hart)
{
    __asm__ volatile("mv tp, %0" ::"r"(hart));
    csr_write(stvec, (uint64_t)trap);
    timer_set(UINT64_MAX);
    csr_write(sie, 1UL << IRQ_S_TIMER);
    __asm__ volatile("csrsi sstatus, 2");
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t when = csr_read(time) + TICKS;

        timer_set(when);
        while (rung[hart] == round)
            CHECK(csr_read(time) < when + LOST);
    }
    __asm__ volatile("csrci sstatus, 2");
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const char *tree = (const char *)fdt;

    if (hart != 0) {
        hart_run(hart);
        sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
    }
    timer_init();
    for (unsigned i = 0; i < 65536; i++)
        timer_by_call |=
            tree[i] == '<' && tree[i + 1] == 's' && tree[i + 2] == 'b' && tree[i + 3] == 'i';
    for (uint64_t other = 1; other < HARTS; other++)
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0);
    hart_run(0);
    while (done < HARTS)
        __asm__ volatile("fence");
    put(timer_by_call ? "all rang, by call\n" : "all rang\n");
    duet_power_off(0);
}

/*
 * A machine with a hart in each state that there is has itself saved, and looks at what is there
 * afterwards: in the machine that goes on, and in each that is restored from the file. Its exit
 * status is what `save` returned, 0 or 1; its output "saved" or "restored".
 *
 *     hart 0   calls; registers, floating point and memory are to be as before, its timer to ring
 *     hart 1   sleeps (WFI) for a software interrupt
 *     hart 2   has one pending, and is about to sleep for it
 *     hart 3   has stopped itself, and is started afterwards
 *     hart 4   was never started, and is started afterwards
 */
#include "timer.h"

#define HARTS  5
#define SECOND 10000000         /* ticks */
#define LIMIT  (160UL * SECOND) /* a guard against hanging */

/* Guests are compiled without floating point. */
#define WITH_D(code) ".option push\n .option arch, +f, +d\n " code "\n .option pop"

extern char _start[];
static volatile uint64_t here[HARTS], go, woken[3], timer_rang;
static volatile uint64_t page[2 * 4096 / 8] __attribute__((aligned(4096)));

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    CHECK(csr_read(scause) == (SCAUSE_INTERRUPT | IRQ_S_TIMER));
    csr_write(sie, 0);
    timer_rang++;
}

static void
other_run(uint64_t hart)
{
    here[hart]++;
    if (hart == 1) {
        for (;;) {
            software_wait();
            woken[1]++;
        }
    }
    if (hart == 2) {
        while (!go)
            ;
        csr_write(sie, SSIP);
        __asm__ volatile("wfi"); /* not for ever: it is pending */
        CHECK(csr_read(sip) & SSIP);
        __asm__ volatile("csrci sip, 2");
        woken[2]++;
    }
    sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

static void
send(uint64_t hart)
{
    CHECK(sbi_call(SBI_IPI, SBI_IPI_SEND, 1, hart, 0).error == 0);
}

static void
start(uint64_t hart)
{
    CHECK(sbi_call(SBI_HSM, SBI_HSM_START, hart, (uint64_t)_start, 0).error == 0);
}

static uint64_t
status(uint64_t hart)
{
    return sbi_call(SBI_HSM, SBI_HSM_STATUS, hart, 0, 0).value;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const uint64_t number = 0x40934a0000000000; /* 1234.5 */
    const char *tree = (const char *)fdt;
    uint64_t before, after, bits, generation, fcsr;
    struct duet_ret side;

    if (hart != 0)
        other_run(hart);
    timer_init();
    for (unsigned i = 0; i < 65536; i++)
        timer_by_call |=
            tree[i] == '<' && tree[i + 1] == 's' && tree[i + 2] == 'b' && tree[i + 3] == 'i';
    for (uint64_t other = 1; other < 4; other++) {
        start(other);
        word_await(&here[other], 1, LIMIT);
    }
    send(2);
    while (status(3) != 1)
        ;
    for (before = csr_read(time); csr_read(time) - before < SECOND / 100;)
        ; /* hart 1 sleeps by now */
    generation = duet_generation().value;
    CHECK(!(duet_event_select(0).value & DUET_EVENT_RESTORED));
    page[0] = page[4096 / 8] = 0x1234;

    csr_write(stvec, (uint64_t)trap);
    csr_write(sscratch, 0x5ca7c4);
    __asm__ volatile("csrs sstatus, %0" ::"r"(0x2000UL)); /* FS: floating point on */
    __asm__ volatile(WITH_D("csrw fcsr, %1\n fmv.d.x fs3, %0")::"r"(number), "r"(0x45UL));
    csr_write(sie, 1UL << IRQ_S_TIMER);
    before = csr_read(time);
    timer_set(before + SECOND / 2);

    side = duet_save();

    after = csr_read(time);
    __asm__ volatile(WITH_D("fmv.x.d %0, fs3\n csrr %1, fcsr") : "=r"(bits), "=r"(fcsr));
    CHECK(side.error == 0 && side.value <= 1);
    CHECK(after > before && after - before < LIMIT);
    CHECK(bits == number && fcsr == 0x45);
    CHECK(csr_read(sscratch) == 0x5ca7c4 && csr_read(stvec) == (uint64_t)trap);
    CHECK(page[0] == 0x1234 && page[4096 / 8] == 0x1234);
    CHECK(!!(duet_event_select(0).value & DUET_EVENT_RESTORED) == side.value);
    CHECK((duet_generation().value != generation) == side.value);
    CHECK(!(duet_event_select(0).value & DUET_EVENT_RESTORED));

    __asm__ volatile("csrsi sstatus, 2");
    word_await(&timer_rang, 1, LIMIT);
    __asm__ volatile("csrci sstatus, 2");
    CHECK(timer_by_call || csr_read(time) >= before + SECOND / 2);

    CHECK(woken[1] == 0 && woken[2] == 0 && status(3) == 1 && status(4) == 1);
    send(1);
    word_await(&woken[1], 1, LIMIT);
    go = 1;
    word_await(&woken[2], 1, LIMIT);
    for (uint64_t other = 3; other < 5; other++) {
        uint64_t already = here[other];

        start(other);
        word_await(&here[other], already + 1, LIMIT);
    }
    /* A page that is given back is zero, also where it is mapped from the file. */
    CHECK(duet_memory_release((void *)page, 4096).error == 0);
    CHECK(page[0] == 0 && page[4096 / 8] == 0x1234);
    put(side.value ? "restored\n" : "saved\n");
    duet_power_off(side.value);
}

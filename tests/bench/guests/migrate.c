/* Writes to a word of each of BENCH_MOVE_PAGES pages in BENCH_MOVE_MS, one after the other and all
 * the time, while a second hart sleeps. It prints a byte when all of them were written to, and ends
 * when it was moved. */
#include "bench_guest.h"

/* From page to page, of 100 ns. */
#define TICKS ((uint64_t)BENCH_MOVE_MS * 10000 / BENCH_MOVE_PAGES)

extern char _start[];

static _Alignas(PAGE_SIZE) volatile uint64_t area[BENCH_MOVE_PAGES][PAGE_SIZE / 8];

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const uint64_t generation = duet_generation().value;
    uint64_t next = csr_read(time);

    (void)fdt;
    if (hart != 0) {
        for (;;)
            __asm__ volatile("wfi");
    }
    if (sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error)
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_FAILURE, 0);
    for (uint64_t i = 0; duet_generation().value == generation; i++) {
        area[i % BENCH_MOVE_PAGES][0] = i;
        if (i == BENCH_MOVE_PAGES)
            print_bytes("\n", 1);
        next += TICKS;
        while (csr_read(time) < next)
            ;
    }
    sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_NONE, 0);
}

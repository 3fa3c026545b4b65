/* Makes valid and invalid hypercalls on hart 0, then on hart 1 so many that a report cannot show
 * all of both; hart 1 dies. */
#include "guest.h"

extern char _start[];

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static const char escape[] = "\033[2J";
    static char text[] = "hello";

    (void)fdt;
    if (hart == 0) {
        for (unsigned i = 0; i < 40; i++)
            duet_clock_wall();
        duet_console_write(escape, sizeof(escape) - 1);
        duet_console_write((const char *)16, 1000);
        duet_guest_log(DUET_LOG_LEVELS, text, 5);
        sbi_call(DUET_SBI_EXT, 0x123456789, 1, 2, 3);
        sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0);
        for (;;)
            __asm__ volatile("wfi");
    }
    for (unsigned i = 0; i < 11; i++)
        duet_null();
    text[0] = 'j'; /* the buffer that hart 0's call read stays unchanged */
    duet_guest_panic(text, 5, 0, 0);
}

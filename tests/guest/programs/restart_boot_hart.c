/* The boot hart stops and hart 1 starts it again. A pending event must reach it then, too. */
#include "guest.h"
#include "interrupt.h"

#define RESTARTED    77
#define HART_STOPPED 1 /* SBI 2.0 §9, table of hart states */

extern char _start[];
void
guest_main(uint64_t hart, uint64_t opaque)
{
    char byte;

    if (hart == 1) {
        while (sbi_call(SBI_HSM, SBI_HSM_STATUS, 0, 0, 0).value != HART_STOPPED)
            __asm__ volatile("fence");
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 0, (uint64_t)_start, RESTARTED).error == 0);
        for (;;)
            __asm__ volatile("wfi");
    }
    if (opaque != RESTARTED) {
        while (duet_console_read(&byte, 1).error == 0)
            ; /* stdin is empty, so its end is the event */
        CHECK(duet_event_select(DUET_EVENT_CONSOLE).error == 0);
        CHECK(interrupt_taken());
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error == 0);
        sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
    }
    CHECK(duet_event_select(DUET_EVENT_CONSOLE).value == DUET_EVENT_CONSOLE);
    CHECK(interrupt_taken());
    duet_power_off(0);
}

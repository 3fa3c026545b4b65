/* Copies console input to console output until the input ends. While there is none, it sleeps until
 * the event's interrupt. */
#include "guest.h"
#include "interrupt.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char buffer[1000];

    (void)hart, (void)fdt;
    CHECK(duet_event_select(DUET_EVENT_CONSOLE).error == 0);
    csr_write(sie, 1UL << IRQ_S_EXT); /* wakes WFI; sstatus.SIE is off, so no trap is taken */
    for (;;) {
        struct duet_ret ret = duet_console_read(buffer, sizeof(buffer));

        if (ret.error == DUET_ERR_END_OF_FILE)
            break;
        CHECK(ret.error == 0);
        if (ret.value > 0)
            CHECK(duet_console_write(buffer, ret.value).value == ret.value);
        else
            __asm__ volatile("wfi");
    }
    /* The end of file is an event that stays pending until it is deselected. */
    CHECK(interrupt_taken());
    CHECK(interrupt_taken());
    CHECK(duet_event_select(0).value == DUET_EVENT_CONSOLE);
    CHECK(!interrupt_taken());
    CHECK(duet_event_select(DUET_EVENT_CONSOLE).error == 0);
    CHECK(interrupt_taken());
    duet_power_off(0);
}

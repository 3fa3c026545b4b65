/* Prints the terminal's size, at first and after each change, until it is asked to power off. */
#include "guest.h"

#define EVENTS (DUET_EVENT_CONSOLE_SIZE | DUET_EVENT_SHUTDOWN)

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t size, pending = DUET_EVENT_CONSOLE_SIZE;
    char key;

    (void)hart, (void)fdt;
    csr_write(sie, 1UL << IRQ_S_EXT);
    CHECK(duet_event_select(EVENTS).error == 0);
    duet_console_read(&key, 1); /* from now on the terminal is raw, and Ctrl-A is duet's */
    for (;; pending = duet_event_select(EVENTS).value) {
        if (pending & DUET_EVENT_SHUTDOWN) {
            put("asked\r\n");
            duet_power_off(3);
        } else if (pending & DUET_EVENT_CONSOLE_SIZE) {
            size = duet_console_size().value;
            put_number((int64_t)(size >> 16));
            put("x");
            put_number((int64_t)(size & 0xffff));
            put("\r\n");
        } else {
            __asm__ volatile("wfi");
        }
    }
}

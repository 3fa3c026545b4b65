/*
 * Reads its console a byte for each interrupt, without a look at it otherwise, and writes each byte
 * with some bits turned. At the end it leaves one byte.
 *
 * seed: how many bytes; which bits
 */
#include "probe.h"

PROBE_DEFINE(seed);
static volatile uint64_t count;

static void
say(const char *what, bool right)
{
    put(what);
    put(right ? ": right\n" : ": wrong\n");
}

__attribute__((interrupt("supervisor"), aligned(4))) static void
trap(void)
{
    static char byte;

    if (!(duet_event_select(DUET_EVENT_CONSOLE).value & DUET_EVENT_CONSOLE))
        return;
    if (duet_console_read(&byte, 1).value != 1)
        return;
    byte ^= (char)seed[1];
    duet_console_write(&byte, 1);
    if (++count == seed[0])
        csr_write(sie, 0ul);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char byte;

    (void)hart;
    (void)fdt;
    say("before an event is chosen none is pending", !interrupt_pending(IRQ_S_EXT));
    csr_write(stvec, (uint64_t)trap);
    csr_write(sie, 1ul << IRQ_S_EXT);
    duet_event_select(DUET_EVENT_CONSOLE);
    __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SIE));
    while (count < seed[0])
        __asm__ volatile("wfi");
    put("\n");
    __asm__ volatile("csrc sstatus, %0" ::"r"(SSTATUS_SIE));
    interrupt_wait(IRQ_S_EXT);
    say("what was not chosen is told, and does not interrupt",
        duet_event_select(0).value == DUET_EVENT_CONSOLE && !interrupt_pending(IRQ_S_EXT));
    duet_event_select(DUET_EVENT_CONSOLE);
    say("chosen again it interrupts", interrupt_pending(IRQ_S_EXT));
    say("a byte is read", duet_console_read(&byte, 1).value == 1);
    say("after the last byte it does not", !interrupt_pending(IRQ_S_EXT));
    say("nothing is left", duet_event_select(DUET_EVENT_CONSOLE).value == 0);
    duet_power_off(0);
}

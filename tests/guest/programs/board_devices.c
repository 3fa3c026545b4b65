/* The board's UART, PLIC, clock and test device, register by register; a guest of Duet's that also
 * has the board. */
#include "guest.h"
#include "interrupt.h"

#include "../board/virt.h"

#define HIGH 5

static volatile uint64_t fault_cause;

/* Takes access faults: goes on behind the instruction, which has 4 bytes. */
__attribute__((aligned(4), interrupt("supervisor"))) static void
fault_trap(void)
{
    fault_cause = csr_read(scause);
    csr_write(sepc, csr_read(sepc) + 4);
}

#define FAULTS(instruction, address)                                                               \
    __extension__({                                                                                \
        fault_cause = 0;                                                                           \
        __asm__ volatile(".option push\n.option norvc\n" instruction                               \
                         " t0, (%0)\n.option pop" ::"r"(address)                                   \
                         : "t0", "memory");                                                        \
        fault_cause != 0;                                                                          \
    })

static bool
is_pending(unsigned irq)
{
    return load32(PLIC_PENDING) >> irq & 1;
}

static void
uart_check(void)
{
    /* The divisor is apart from data and interrupts. */
    uart_store(LCR, 0x83);
    uart_store(0, 0x12);
    uart_store(1, 0x34);
    CHECK(uart_load(0) == 0x12 && uart_load(1) == 0x34);
    uart_store(LCR, 3);
    CHECK(uart_load(LCR) == 3);
    CHECK(uart_load(IER) == 0);
    uart_store(7, 0x5a);
    CHECK(uart_load(7) == 0x5a);
    /* FIFOs show in IIR. */
    CHECK(uart_load(IIR) == 0x01);
    uart_store(FCR, 7);
    CHECK(uart_load(IIR) == 0xc1);
    CHECK((uart_load(LSR) & 0x60) == 0x60);
    /* That it can send is an event: when that is switched on, and for each byte. */
    CHECK(!is_pending(UART_IRQ));
    uart_store(IER, 2);
    CHECK(is_pending(UART_IRQ));
    CHECK(uart_load(IIR) == 0xc2);
    CHECK(uart_load(IIR) == 0xc1); /* the load before took it back */
    CHECK(is_pending(UART_IRQ));   /* until it is claimed */
    store32(PLIC_PRIORITY(UART_IRQ), 1);
    store32(PLIC_SENABLE(0), 1u << UART_IRQ);
    CHECK(interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    CHECK(!is_pending(UART_IRQ) && !interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == 0);
    uart_store(THR, '.');
    CHECK(is_pending(UART_IRQ) && !interrupt_taken()); /* it is claimed still */
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(!interrupt_taken());
    uart_store(IER, 0);
    uart_store(THR, '\n');
    CHECK(!is_pending(UART_IRQ));
    /* One that nobody waits for any more is taken back. */
    uart_store(IER, 2);
    CHECK(interrupt_taken());
    uart_store(IER, 0);
    CHECK(!is_pending(UART_IRQ) && !interrupt_taken());
}

/* Input is a level. stdin has "ab". */
static void
receive_check(void)
{
    /* For a while after a FIFO was cleared nothing comes, whatever a driver reads away. */
    for (unsigned i = 0; i < 2000; i++)
        (void)uart_load(LSR);
    CHECK(uart_load(LSR) & 1);
    uart_store(FCR, 7);
    CHECK(!(uart_load(LSR) & 1) && uart_load(RHR) == 0 && uart_load(RHR) == 0);
    uart_store(IER, 1);
    while (!(uart_load(LSR) & 1))
        ;
    CHECK(uart_load(IIR) == 0xc4);
    CHECK(interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    CHECK(uart_load(RHR) == 'a');
    while (!(uart_load(LSR) & 1))
        ;
    store32(PLIC_SCLAIM(0), UART_IRQ); /* more waits: it comes again */
    CHECK(interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    CHECK(uart_load(RHR) == 'b');
    CHECK(!(uart_load(LSR) & 1));
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(!interrupt_taken());
    uart_store(IER, 0);
}

static void
plic_check(void)
{
    uart_store(IER, 2);
    /* Priority, threshold and enable decide together. */
    CHECK(interrupt_taken());
    store32(PLIC_STHRESHOLD(0), 1);
    CHECK(load32(PLIC_STHRESHOLD(0)) == 1 && !interrupt_taken());
    store32(PLIC_PRIORITY(UART_IRQ), HIGH);
    CHECK(load32(PLIC_PRIORITY(UART_IRQ)) == HIGH && interrupt_taken());
    store32(PLIC_SENABLE(0), 0);
    CHECK(!interrupt_taken() && load32(PLIC_SCLAIM(0)) == 0);
    store32(PLIC_SENABLE(0), ~0u);
    CHECK(load32(PLIC_SENABLE(0)) == ~1u); /* there is no interrupt 0 */
    CHECK(interrupt_taken());
    store32(PLIC_PRIORITY(UART_IRQ), 0);
    CHECK(!interrupt_taken() && load32(PLIC_SCLAIM(0)) == 0);
    store32(PLIC_PRIORITY(UART_IRQ), 7);
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    /* Completions of others do nothing. */
    store32(PLIC_SCLAIM(0), 0);
    store32(PLIC_SCLAIM(0), 11);
    store32(PLIC_SCLAIM(0), 1u << 31);
    uart_store(THR, '!');
    CHECK(is_pending(UART_IRQ) && !interrupt_taken());
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(interrupt_taken());
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    store32(PLIC_SCLAIM(0), UART_IRQ);
    uart_store(IER, 0);
}

static void
clock_check(void)
{
    uint64_t low = load32(RTC), high = load32(RTC + 4), ns = high << 32 | low;
    uint64_t wall = duet_clock_wall().value;

    CHECK(wall >= ns && wall - ns < 60000000000);
    store32(RTC + 4, 1);
    store32(RTC, 0);
    low = load32(RTC);
    CHECK(load32(RTC + 4) == 1 && low < 4000000000);
}

/* What is not there, or not of this width, is an access fault. */
static void
faults_check(void)
{
    csr_write(stvec, (uint64_t)fault_trap);
    CHECK(FAULTS("lw", UART) && FAULTS("sw", UART) && FAULTS("ld", UART) && FAULTS("lb", UART + 8));
    CHECK(FAULTS("lb", PLIC) && FAULTS("ld", PLIC_PENDING) && FAULTS("lw", PLIC_SCLAIM(1)));
    CHECK(FAULTS("lw", PLIC_SENABLE(1)) && FAULTS("lw", PLIC) && FAULTS("sw", PLIC_PENDING));
    CHECK(FAULTS("lw", PLIC_PRIORITY(96)) && !FAULTS("lw", PLIC_PRIORITY(95)));
    CHECK(FAULTS("lb", RTC) && FAULTS("lw", RTC + 0x20) && !FAULTS("lw", RTC + 0x18));
    CHECK(FAULTS("lb", TEST) && FAULTS("lw", TEST + 4) && !FAULTS("lw", TEST));
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    uart_check();
    receive_check();
    plic_check();
    clock_check();
    faults_check();
    store32(TEST, 0x1234); /* means nothing */
    store32(TEST, TEST_FAIL(7));
    for (;;)
        ;
}

/* Messages of the hypervisor, by the UART, and the end of the machine. */
#include "hv/print.h"

#include <stdarg.h>

#include "hv/csr.h"
#include "hv/host.h"
#include "hv/uart.h"
#include "toyos/lib/format.h"

/* QEMU's "sifive,test" device: a store of these ends QEMU; FAIL takes a status in the upper half */
#define TEST_PASS 0x5555
#define TEST_FAIL 0x3333

static void
put(void *context, char c)
{
    (void)context;
    uart_write(c);
}

static void __attribute__((format(printf, 1, 0)))
line_print(const char *fmt, va_list args)
{
    for (const char *c = "hv: "; *c; c++)
        put(0, *c);
    format(put, 0, fmt, args);
    put(0, '\n');
}

void
say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    line_print(fmt, args);
    va_end(args);
}

_Noreturn void
machine_end(unsigned status)
{
    uart_drain();
    *host.test = status ? status << 16 | TEST_FAIL : TEST_PASS;
    for (;;)
        __asm__ volatile("wfi");
}

_Noreturn void
die(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    line_print(fmt, args);
    va_end(args);
    machine_end(STATUS_NOT_RUN);
}

/* entry.S comes here with a trap that no guest has caused. */
_Noreturn void host_trap(uint64_t scause, uint64_t sepc, uint64_t stval);

_Noreturn void
host_trap(uint64_t scause, uint64_t sepc, uint64_t stval)
{
    die("a bug of the hypervisor's: %s at pc 0x%lx, stval 0x%lx", riscv_cause_name(scause), sepc,
        stval);
}

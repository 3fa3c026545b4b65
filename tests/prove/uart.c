/*
 * The board's serial port: any access of a guest to its registers, from any state that they can be
 * in. The console behind it is written here: it may have something to receive, or not.
 */
#include "tests/prove/prove.h"

#include "vmm/board/uart.c"

/* with: tests/prove/log.c */

static struct uart uart;
static bool level, has_level, raised, withdrawn;
static unsigned sent, taken;

void
plic_level(struct vm *vm, unsigned irq, bool to)
{
    (void)vm;
    prove_check(irq == BOARD_UART_IRQ, "its own interrupt");
    level = to;
    has_level = true;
}

void
plic_raise(struct vm *vm, unsigned irq)
{
    (void)vm;
    prove_check(irq == BOARD_UART_IRQ, "its own interrupt");
    raised = true;
}

void
plic_withdraw(struct vm *vm, unsigned irq)
{
    (void)vm;
    prove_check(irq == BOARD_UART_IRQ, "its own interrupt");
    withdrawn = true;
}

static void
any_uart(void)
{
    for (unsigned i = 0; i < UART_REGISTERS; i++)
        uart.reg[i] = (uint8_t)prove_below("register", 256);
    uart.reg[UART_IER] &= IER_BITS;
    uart.divisor[0] = (uint8_t)prove_below("divisor, low", 256);
    uart.divisor[1] = (uint8_t)prove_below("divisor, high", 256);
    uart.has_fifo = prove_bool("has a FIFO");
    uart.send_pending = prove_bool("that it can send was not said yet");
    uart.quiet = (unsigned)prove_below("quiet", QUIET_LOADS + 1);
    atomic_store(&uart.ready, prove_bool("there is something to receive"));
}

PROVE(uart_store, 9, QUICK)
{
    unsigned offset = (unsigned)prove_below("offset", UART_REGISTERS);
    unsigned other = (unsigned)prove_below("another register", UART_REGISTERS);
    uint8_t value = (uint8_t)prove_below("value", 256), before, ier;
    bool is_divisor;

    any_uart();
    before = uart.reg[other];
    ier = uart.reg[UART_IER];
    is_divisor = offset <= UART_IER && uart.reg[UART_LCR] & LCR_DLAB;
    register_store(&uart, offset, value);
    prove_check(other == offset || uart.reg[other] == before, "no other register is touched");
    prove_check(!is_divisor || (uart.divisor[offset] == value && uart.reg[other] == before),
                "with DLAB the divisor is meant (PC16550D §8.3)");
    prove_check(uart.reg[UART_IER] <= IER_BITS, "of IER only the bits that it has (§8.6.6)");
    prove_check(uart.quiet <= QUIET_LOADS, "it is quiet for a while at most");
    if (offset == UART_IER && !is_divisor) {
        prove_check(has_level && level == (value & IER_RECEIVE && atomic_load(&uart.ready)),
                    "the level is what can be received, if it is wanted");
        prove_check(raised == (value & IER_SEND && !(ier & IER_SEND)),
                    "that it can send is said as soon as it is asked for");
        prove_check(withdrawn == (ier & IER_SEND && !(value & IER_SEND)),
                    "and taken back as soon as nobody wants to know");
    }
}

PROVE(uart_load, 9, QUICK)
{
    unsigned offset = (unsigned)prove_below("offset", UART_REGISTERS);
    unsigned other = (unsigned)prove_below("another register", UART_REGISTERS);
    uint8_t before, value;
    bool is_ready_now, was_pending;

    any_uart();
    before = uart.reg[other];
    was_pending = uart.send_pending;
    value = register_load(&uart, offset);
    is_ready_now = !uart.quiet && atomic_load(&uart.ready);
    prove_check(uart.reg[other] == before, "a load changes no register");
    prove_check(uart.quiet <= QUIET_LOADS, "what is counted down ends at 0");
    if (offset == UART_LSR)
        prove_check((value & LSR_READY) == is_ready_now && (value & LSR_EMPTY) == LSR_EMPTY,
                    "LSR says whether there is something, and that it can send (§8.6.3)");
    if (offset == UART_IIR) {
        prove_check((value & IIR_RECEIVE) == 0 ||
                        (uart.reg[UART_IER] & IER_RECEIVE && is_ready_now),
                    "receiving is named only if it is wanted, and there is something");
        prove_check((value & 0x0f) != IIR_SEND || (was_pending && !uart.send_pending),
                    "that it can send is said once");
    }
}

/* The console, for serve(). */

struct console *
console_of(const struct vm *vm)
{
    (void)vm;
    return NULL;
}

struct sbi_ret
console_write(struct console *console, const void *bytes, uint64_t len)
{
    (void)console;
    (void)bytes;
    sent += (unsigned)len;
    return sbi_value(len);
}

struct sbi_ret
console_read(struct console *console, void *to, uint64_t len)
{
    (void)console;
    (void)len;
    if (!prove_bool("a byte has come"))
        return sbi_value(0);
    *(char *)to = (char)prove_below("the byte", 256);
    taken++;
    return sbi_value(1);
}

void
console_listen(struct console *console)
{
    (void)console;
}

void
bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
{
    (void)vm;
    (void)access;
    (void)format;
}

int
pthread_mutex_lock(pthread_mutex_t *lock)
{
    prove_check(lock == &uart.lock, "its own lock");
    return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *lock)
{
    return lock != &uart.lock;
}

PROVE(uart_decode, 9, QUICK)
{
    struct bus_access access = {
        .offset = prove_below("offset", BOARD_UART_SIZE),
        .len = 1u << prove_below("log2 of len", 4),
        .is_store = prove_bool("a store"),
        .data = prove_u64("data"),
    };
    bool is_data, good;

    any_uart();
    is_data = access.offset == UART_DATA && !(uart.reg[UART_LCR] & LCR_DLAB);
    if (!access.is_store)
        access.data = 0;
    else if (access.len < 8)
        access.data &= ((uint64_t)1 << 8 * access.len) - 1;
    good = serve(NULL, &uart, &access);
    prove_check(good == (access.len == 1 && access.offset < UART_REGISTERS),
                "it has registers of a byte, and no others");
    prove_check(!good || access.data <= 0xff, "what is loaded is a byte");
    prove_check(sent == (good && is_data && access.is_store), "a store of data sends a byte");
    prove_check(taken <= (good && is_data && !access.is_store), "only a load of data takes one");
}

/* What no access reaches: the device's beginning and end, and its description. */

int
bus_add(struct bus *bus, const struct bus_range *range)
{
    (void)bus;
    (void)range;
    return -1;
}

void
console_watch(struct console *console, void (*changed)(void *arg, bool ready), void *arg)
{
    (void)console;
    (void)changed;
    (void)arg;
}

int
device_tree_node_begin(void *fdt, const char *name, uint64_t base, uint64_t size)
{
    (void)fdt;
    (void)name;
    (void)base;
    (void)size;
    return -1;
}

int
device_tree_interrupt(void *fdt, uint32_t irq)
{
    (void)fdt;
    (void)irq;
    return -1;
}

int
fdt_property(void *fdt, const char *name, const void *value, int len)
{
    (void)fdt;
    (void)name;
    (void)value;
    (void)len;
    return -1;
}

int
fdt_end_node(void *fdt)
{
    (void)fdt;
    return -1;
}

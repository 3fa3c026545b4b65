/*
 * The board's serial port, an NS16550A (National Semiconductor PC16550D, 1995). It is the same
 * console as that of the hypercalls: what is sent goes to stdout at once, so that it can always
 * send; what can be received is what the console has read from stdin. The registers of the line
 * (speed, parity, modem) are kept and have no effect.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/console.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"
#include "vmm/trace/counter.h"

/* The input clock that `virt` names. */
#define CLOCK_HZ 3686400

/* Offsets (§8). With DLAB the first two are the divisor. */
enum {
    UART_DATA,
    UART_IER,
    UART_IIR, /* a store is to FCR */
    UART_LCR,
    UART_MCR,
    UART_LSR,
    UART_MSR,
    UART_SCR,
    UART_REGISTERS
};

/* What a driver may send before it looks again whether it can, for drivers that go by the device
 * tree: any number would do, but Linux keeps interrupts off meanwhile. */
#define FIFO_SIZE 256

#define IER_RECEIVE 0x01 /* interrupt when there is something to receive */
#define IER_SEND    0x02 /* interrupt when it can send */
#define IER_BITS    0x0f

#define IIR_NONE    0x01
#define IIR_SEND    0x02
#define IIR_RECEIVE 0x04
#define IIR_FIFO    0xc0

#define FCR_FIFO          0x01
#define FCR_CLEAR_RECEIVE 0x02

#define LCR_DLAB 0x80

/* When a guest has cleared what was received, nothing more has come for a while, as on a real line:
 * until it wants interrupts for it, or has asked so often in a row without sending anything.
 * Drivers read the data register a few times when they begin, to have it empty, and would lose what
 * was typed early. */
#define QUIET_LOADS 64

#define LSR_READY 0x01
#define LSR_EMPTY 0x60 /* can send, and has sent all */

#define MSR_CONNECTED 0xb0 /* carrier, data set ready, clear to send */

struct uart {
    struct vm *vm;
    atomic_bool ready; /* there is something to receive; the console says so */

    pthread_mutex_t lock;        /* guards what follows; the PLIC's is taken under it */
    uint64_t received, sent;     /* bytes; counters */
    uint8_t reg[UART_REGISTERS]; /* those that keep what was stored; LCR may be looked at without */
    uint8_t divisor[2];
    bool has_fifo;
    bool send_pending; /* that it can send was not said yet */
    unsigned quiet;    /* so many loads of LSR until there can be something to receive */
};

/* Whether the first two registers are the divisor. With or without the lock, which would cost each
 * character 70 instructions. */
static bool
is_dlab(const struct uart *uart)
{
    return __atomic_load_n(&uart->reg[UART_LCR], __ATOMIC_RELAXED) & LCR_DLAB;
}

static bool
is_ready(const struct uart *uart)
{
    return !uart->quiet && atomic_load(&uart->ready);
}

/* Receiving is a level, being able to send an event: see plic.h. With the lock held. */
static void
receive_update(struct uart *uart)
{
    plic_level(uart->vm, BOARD_UART_IRQ, uart->reg[UART_IER] & IER_RECEIVE && is_ready(uart));
}

static void
send_raise(struct uart *uart)
{
    uart->send_pending = true;
    if (uart->reg[UART_IER] & IER_SEND)
        plic_raise(uart->vm, BOARD_UART_IRQ);
}

/* The console's input has come, or was taken. With the console's lock held. */
static void
input_changed(void *arg, bool ready)
{
    struct uart *uart = arg;

    atomic_store(&uart->ready, ready);
    pthread_mutex_lock(&uart->lock);
    receive_update(uart);
    pthread_mutex_unlock(&uart->lock);
}

static uint8_t
identification(struct uart *uart)
{
    uint8_t enabled = uart->reg[UART_IER], fifo = uart->has_fifo ? IIR_FIFO : 0;

    if (enabled & IER_RECEIVE && is_ready(uart))
        return fifo | IIR_RECEIVE;
    if (enabled & IER_SEND && uart->send_pending) {
        uart->send_pending = false; /* it was said now */
        return fifo | IIR_SEND;
    }
    return fifo | IIR_NONE;
}

/* With the lock held. */
static uint8_t
register_load(struct uart *uart, unsigned offset)
{
    switch (offset) {
    case UART_DATA:
    case UART_IER:
        return is_dlab(uart) ? uart->divisor[offset] : uart->reg[offset];
    case UART_IIR:
        return identification(uart);
    case UART_LSR:
        uart->quiet -= uart->quiet > 0;
        return LSR_EMPTY | (is_ready(uart) ? LSR_READY : 0);
    case UART_MSR:
        return MSR_CONNECTED;
    default:
        return uart->reg[offset];
    }
}

/* With the lock held. */
static void
register_store(struct uart *uart, unsigned offset, uint8_t value)
{
    bool could_send = uart->reg[UART_IER] & IER_SEND;

    if (offset <= UART_IER && is_dlab(uart)) {
        uart->divisor[offset] = value;
    } else if (offset == UART_IER) {
        uart->reg[UART_IER] = value & IER_BITS;
        if (value & IER_RECEIVE)
            uart->quiet = 0;
        receive_update(uart);
        if (value & IER_SEND && !could_send)
            send_raise(uart); /* it can: so it is said at once (§8.6.6) */
        else if (could_send && !(value & IER_SEND))
            plic_withdraw(uart->vm, BOARD_UART_IRQ);
    } else if (offset == UART_IIR) {
        uart->has_fifo = value & FCR_FIFO;
        if (value & FCR_CLEAR_RECEIVE)
            uart->quiet = QUIET_LOADS;
    } else if (offset != UART_LSR && offset != UART_MSR) {
        __atomic_store_n(&uart->reg[offset], value, __ATOMIC_RELAXED);
    }
}

static bool
is_quiet(struct uart *uart)
{
    bool quiet;

    pthread_mutex_lock(&uart->lock);
    quiet = uart->quiet;
    pthread_mutex_unlock(&uart->lock);
    return quiet;
}

/* A byte is sent or received. Without the lock: the console may wait for stdout, and calls
 * input_changed(). */
static void
data_serve(struct uart *uart, struct bus_access *access)
{
    struct console *console = console_of(uart->vm);
    char byte = (char)access->data;
    bool received = false;

    if (access->is_store)
        console_write(console, &byte, 1);
    else if (!is_quiet(uart))
        received = console_read(console, &byte, 1).value == 1;
    access->data = (uint8_t)byte;
    bus_describe(uart->vm, access, byte >= ' ' && byte < 0x7f ? "uart %s '%c'" : "uart %s 0x%02x",
                 access->is_store ? "tx" : "rx", (uint8_t)byte);
    pthread_mutex_lock(&uart->lock);
    counter_add(&uart->received, received);
    counter_add(&uart->sent, access->is_store);
    if (access->is_store) {
        uart->quiet = uart->quiet ? QUIET_LOADS : 0;
        send_raise(uart);
    }
    pthread_mutex_unlock(&uart->lock);
}

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct uart *uart = device;
    unsigned offset = (unsigned)access->offset;

    (void)vcpu;
    if (access->len != 1 || offset >= UART_REGISTERS)
        return false;
    if (offset == UART_DATA && !is_dlab(uart)) {
        data_serve(uart, access);
        return true;
    }
    /* A guest that looks whether something has come wants to receive. */
    if (offset == UART_LSR || (offset == UART_IER && access->data & IER_RECEIVE))
        console_listen(console_of(uart->vm));
    pthread_mutex_lock(&uart->lock);
    if (access->is_store)
        register_store(uart, offset, (uint8_t)access->data);
    else
        access->data = register_load(uart, offset);
    pthread_mutex_unlock(&uart->lock);
    return true;
}

static int
create(struct vm *vm)
{
    struct uart *uart = calloc(1, sizeof(*uart));

    if (!uart)
        return fail_errno("memory for the serial port");
    uart->vm = vm;
    pthread_mutex_init(&uart->lock, NULL);
    vm->device[DEVICE_uart] = uart;
    console_watch(console_of(vm), input_changed, uart);
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_UART_BASE,
                                                 .size = BOARD_UART_SIZE,
                                                 .serve = serve,
                                                 .device = uart});
}

static void
destroy(struct vm *vm)
{
    console_watch(console_of(vm), NULL, NULL);
    free(vm->device[DEVICE_uart]);
    vm->device[DEVICE_uart] = NULL;
}

/* What comes from now on is told when it goes on: it is not in the PLIC's state, then. */
static void
pause_uart(struct vm *vm)
{
    console_watch(console_of(vm), NULL, NULL);
}

static void
resume_uart(struct vm *vm)
{
    console_watch(console_of(vm), input_changed, vm->device[DEVICE_uart]);
}

static int
save(struct vm *vm, struct state_writer *to)
{
    const struct uart *uart = vm->device[DEVICE_uart];

    state_put_padded(to, uart->reg, sizeof(uart->reg));
    state_put_padded(to, uart->divisor, sizeof(uart->divisor));
    state_put(to, uart->has_fifo);
    state_put(to, uart->send_pending);
    state_put(to, uart->quiet);
    return 0;
}

/* The console, which comes before, says already whether there is input. */
static int
load(struct vm *vm, struct state_reader *from)
{
    struct uart *uart = vm->device[DEVICE_uart];
    const unsigned char *reg = state_get_padded(from, sizeof(uart->reg));
    const unsigned char *divisor = state_get_padded(from, sizeof(uart->divisor));

    if (!divisor || reg[UART_IER] & ~IER_BITS) {
        from->failed = true;
        return 0;
    }
    pthread_mutex_lock(&uart->lock);
    memcpy(uart->reg, reg, sizeof(uart->reg));
    memcpy(uart->divisor, divisor, sizeof(uart->divisor));
    uart->has_fifo = state_get_max(from, 1);
    uart->send_pending = state_get_max(from, 1);
    uart->quiet = (unsigned)state_get_max(from, QUIET_LOADS);
    receive_update(uart);
    pthread_mutex_unlock(&uart->lock);
    return 0;
}

static int
describe(const struct vm *vm, void *fdt)
{
    (void)vm;
    DEVICE_TREE_TRY(device_tree_node_begin(fdt, "serial", BOARD_UART_BASE, BOARD_UART_SIZE));
    DEVICE_TREE_TRY(fdt_property_string(fdt, "compatible", "ns16550a"));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "clock-frequency", CLOCK_HZ));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "fifo-size", FIFO_SIZE));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "tx-threshold", 0)); /* it interrupts when it is empty */
    DEVICE_TREE_TRY(device_tree_interrupt(fdt, BOARD_UART_IRQ));
    return fdt_end_node(fdt);
}

static void
stats_print(const struct vm *vm, FILE *to)
{
    const struct uart *uart = vm->device[DEVICE_uart];

    if (counter_read(&uart->sent))
        fprintf(to, "  %-16s %12" PRIu64 "\n", "uart tx", counter_read(&uart->sent));
    if (counter_read(&uart->received))
        fprintf(to, "  %-16s %12" PRIu64 "\n", "uart rx", counter_read(&uart->received));
}

const struct device device_uart = {
    .name = "serial port",
    .is_board = true,
    .create = create,
    .destroy = destroy,
    .stdout_path = "/soc/serial@10000000",
    .describe = describe,
    .stats_print = stats_print,
    .pause = pause_uart,
    .resume = resume_uart,
    .save = save,
    .load = load,
};

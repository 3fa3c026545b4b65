/* The serial port: PC16550D, as drivers use it. The console behind it is this file's. */
#include "tests/unit/board_bus.h"

#include <string.h>

#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/device/console.h"
#include "vmm/device/device.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
#define FCR IIR

#define READY      0x01
#define EMPTY      0x60
#define DLAB       0x80
#define NONE       0x01
#define CAN_SEND   0x02
#define CAN_RECV   0x04
#define CLEAR      0x02
#define LINE_LOOKS 64

static struct {
    char in[16], out[16];
    size_t typed, taken, written;
    unsigned listens, raised, withdrawn;
    bool level;
    void (*watch)(void *arg, bool ready);
    void *arg;
} console;

struct console *
console_of(const struct vm *vm)
{
    assert_ptr_equal(vm, &board_vm);
    return (struct console *)&console;
}

struct sbi_ret
console_write(struct console *to, const void *text, uint64_t len)
{
    assert_ptr_equal(to, &console);
    assert_true(console.written + len <= sizeof(console.out));
    memcpy(console.out + console.written, text, len);
    console.written += len;
    return sbi_value(len);
}

struct sbi_ret
console_read(struct console *from, void *text, uint64_t len)
{
    assert_ptr_equal(from, &console);
    assert_int_equal(len, 1);
    if (console.taken == console.typed)
        return sbi_value(0);
    memcpy(text, console.in + console.taken++, 1);
    console.watch(console.arg, console.taken < console.typed);
    return sbi_value(1);
}

void
console_listen(struct console *from)
{
    assert_ptr_equal(from, &console);
    console.listens++;
}

void
console_watch(struct console *from, void (*watch)(void *arg, bool ready), void *arg)
{
    assert_ptr_equal(from, &console);
    console.watch = watch;
    console.arg = arg;
}

void
plic_raise(struct vm *vm, unsigned irq)
{
    assert_ptr_equal(vm, &board_vm);
    assert_int_equal(irq, BOARD_UART_IRQ);
    console.raised++;
}

void
plic_withdraw(struct vm *vm, unsigned irq)
{
    assert_ptr_equal(vm, &board_vm);
    assert_int_equal(irq, BOARD_UART_IRQ);
    console.withdrawn++;
}

void
plic_level(struct vm *vm, unsigned irq, bool level)
{
    assert_ptr_equal(vm, &board_vm);
    assert_int_equal(irq, BOARD_UART_IRQ);
    console.level = level;
}

static void
type(const char *text)
{
    memcpy(console.in + console.typed, text, strlen(text));
    console.typed += strlen(text);
    console.watch(console.arg, true);
}

static unsigned
reg_load(unsigned reg)
{
    return (unsigned)board_load(BOARD_UART_BASE + reg, 1);
}

static void
reg_store(unsigned reg, unsigned value)
{
    board_store(BOARD_UART_BASE + reg, 1, value);
}

static int
begin(void **state)
{
    (void)state;
    memset(&console, 0, sizeof(console));
    board_begin();
    return device_uart.create(&board_vm);
}

static int
end(void **state)
{
    (void)state;
    device_uart.destroy(&board_vm);
    return console.watch ? -1 : 0;
}

static void
what_is_sent_goes_out_at_once(void **state)
{
    (void)state;
    assert_int_equal(reg_load(LSR), EMPTY);
    reg_store(DATA, 'a');
    assert_int_equal(reg_load(LSR), EMPTY);
    reg_store(DATA, 'b');
    assert_int_equal(console.written, 2);
    assert_memory_equal(console.out, "ab", 2);
    assert_int_equal(console.raised, 0); /* nobody wants interrupts */
}

static void
what_is_typed_is_received_in_order(void **state)
{
    (void)state;
    type("xy");
    assert_int_equal(reg_load(LSR), EMPTY | READY);
    assert_true(console.listens > 0);
    assert_int_equal(reg_load(DATA), 'x');
    assert_int_equal(reg_load(DATA), 'y');
    assert_int_equal(reg_load(LSR), EMPTY);
    assert_int_equal(reg_load(DATA), 0);
    assert_int_equal(console.written, 0);
}

static void
receiving_is_a_level(void **state)
{
    (void)state;
    type("z");
    assert_false(console.level);
    reg_store(IER, 1);
    assert_true(console.level);
    assert_int_equal(reg_load(IIR) & 0xf, CAN_RECV);
    assert_int_equal(reg_load(IIR) & 0xf, CAN_RECV); /* until it is received */
    assert_int_equal(reg_load(DATA), 'z');
    assert_false(console.level);
    assert_int_equal(reg_load(IIR) & 0xf, NONE);
    type("q");
    assert_true(console.level);
    reg_store(IER, 0);
    assert_false(console.level);
}

/* §8.6.6: said once, by each byte sent and when it is asked for. */
static void
being_able_to_send_is_an_event(void **state)
{
    (void)state;
    reg_store(IER, 2);
    assert_int_equal(console.raised, 1);
    assert_int_equal(reg_load(IIR) & 0xf, CAN_SEND);
    assert_int_equal(reg_load(IIR) & 0xf, NONE);
    reg_store(DATA, '1');
    assert_int_equal(console.raised, 2);
    type("r"); /* receiving goes first */
    reg_store(IER, 3);
    assert_int_equal(reg_load(IIR) & 0xf, CAN_RECV);
    reg_load(DATA);
    assert_int_equal(reg_load(IIR) & 0xf, CAN_SEND);
    /* It is taken back when it is asked for no more, only then. */
    assert_int_equal(console.withdrawn, 0);
    reg_store(IER, 1);
    assert_int_equal(console.withdrawn, 1);
    reg_store(IER, 0);
    assert_int_equal(console.withdrawn, 1);
}

static void
the_divisor_is_apart_from_the_data(void **state)
{
    (void)state;
    reg_store(IER, 1);
    reg_store(LCR, DLAB | 3);
    reg_store(DATA, 0x12);
    reg_store(IER, 0x34);
    assert_int_equal(reg_load(DATA), 0x12);
    assert_int_equal(reg_load(IER), 0x34);
    assert_int_equal(console.written, 0);
    reg_store(LCR, 3);
    assert_int_equal(reg_load(IER), 1);
    assert_int_equal(reg_load(LCR), 3);
}

static void
registers_of_the_line_keep_what_is_stored(void **state)
{
    (void)state;
    reg_store(SCR, 0xa5);
    reg_store(MCR, 0x0b);
    assert_int_equal(reg_load(SCR), 0xa5);
    assert_int_equal(reg_load(MCR), 0x0b);
    reg_store(LSR, 0xff);
    assert_int_equal(reg_load(LSR), EMPTY);
    reg_store(IER, 0xff);
    assert_int_equal(reg_load(IER), 0x0f);
    /* The FIFO is there when it was switched on. */
    assert_int_equal(reg_load(IIR) & 0xc0, 0);
    reg_store(FCR, 1);
    assert_int_equal(reg_load(IIR) & 0xc0, 0xc0);
}

/* A driver that begins empties the port: what was typed early waits. */
static void
what_was_typed_early_survives_a_driver_that_begins(void **state)
{
    (void)state;
    type("e");
    reg_store(FCR, CLEAR | 1);
    assert_int_equal(reg_load(LSR), EMPTY);
    assert_int_equal(reg_load(DATA), 0);
    reg_store(IER, 1);
    assert_int_equal(reg_load(LSR), EMPTY | READY);
    assert_int_equal(reg_load(DATA), 'e');
    /* One that polls gets it after a while. */
    reg_store(IER, 0);
    type("f");
    reg_store(FCR, CLEAR | 1);
    for (unsigned looks = 1; looks < LINE_LOOKS; looks++)
        assert_int_equal(reg_load(LSR), EMPTY);
    assert_int_equal(reg_load(LSR), EMPTY | READY);
    assert_int_equal(reg_load(DATA), 'f');
}

static void
what_is_no_register_faults(void **state)
{
    (void)state;
    for (unsigned is_store = 0; is_store < 2; is_store++) {
        assert_true(board_faults(BOARD_UART_BASE + 8, 1, is_store));
        assert_true(board_faults(BOARD_UART_BASE + BOARD_UART_SIZE - 1, 1, is_store));
        assert_true(board_faults(BOARD_UART_BASE, 2, is_store));
        assert_true(board_faults(BOARD_UART_BASE, 4, is_store));
        assert_true(board_faults(BOARD_UART_BASE, 8, is_store));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_sent_goes_out_at_once, begin, end),
        cmocka_unit_test_setup_teardown(what_is_typed_is_received_in_order, begin, end),
        cmocka_unit_test_setup_teardown(receiving_is_a_level, begin, end),
        cmocka_unit_test_setup_teardown(being_able_to_send_is_an_event, begin, end),
        cmocka_unit_test_setup_teardown(the_divisor_is_apart_from_the_data, begin, end),
        cmocka_unit_test_setup_teardown(registers_of_the_line_keep_what_is_stored, begin, end),
        cmocka_unit_test_setup_teardown(what_was_typed_early_survives_a_driver_that_begins, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_no_register_faults, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

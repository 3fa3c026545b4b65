/*
 * A kernel for any machine that SBI and a device tree describe: on QEMU's `virt` it prints by the
 * UART, elsewhere by SBI's debug console. It says where it is, what it got as arguments and as
 * initial RAM disk, and how many harts came up; with the argument "fail" it ends as a failure.
 * entry.S has its way to here.
 */
#include <stdbool.h>

#include "abi/sbi.h"
#include "tests/guest/board/virt.h"

#define HARTS_MAX  16
#define STACK_SIZE 4096

#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_NOP        4

/* Pointers that are right only once relocations were applied. */
static const char *const label[] = {"at ", "arguments ", "environment ", "harts "};
enum { AT, ARGUMENTS, ENVIRONMENT, HARTS };

extern char _start[], hart_start[];

void hart_main(void);
void kernel_main(uint64_t hart, const uint8_t *fdt);

static bool has_uart;
static _Alignas(16) char stack[HARTS_MAX][STACK_SIZE];
static uint64_t harts_up;

static int64_t
sbi(uint64_t extension, uint64_t function, uint64_t arg0, uint64_t arg1, uint64_t arg2)
{
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (int64_t)a0;
}

static void
write_text(const char *text, uint64_t len)
{
    if (!has_uart)
        sbi(SBI_DBCN, SBI_DBCN_WRITE, len, (uint64_t)text, 0);
    for (uint64_t i = 0; has_uart && i < len; i++)
        uart_put(text[i]);
}

static uint64_t
text_len(const char *text)
{
    uint64_t len = 0;

    while (text[len])
        len++;
    return len;
}

static void
line_write(int what, const char *text, uint64_t len)
{
    write_text(label[what], text_len(label[what]));
    write_text(text, len);
    write_text("\n", 1);
}

static void
number_write(int what, uint64_t number)
{
    char digits[16];
    unsigned at = sizeof(digits);

    do
        digits[--at] = "0123456789abcdef"[number & 15];
    while (number >>= 4);
    line_write(what, digits + at, sizeof(digits) - at);
}

static uint32_t
big_endian(const uint8_t *byte)
{
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static bool
is_same(const char *one, const char *other)
{
    while (*one && *one == *other)
        one++, other++;
    return *one == *other;
}

/* The first property of this name in the tree, and its length (Devicetree 0.4 §5.4); NULL if there
 * is none. */
static const uint8_t *
property_find(const uint8_t *fdt, const char *name, uint32_t *len)
{
    const uint8_t *at = fdt + big_endian(fdt + 8), *names = fdt + big_endian(fdt + 12);

    for (;;) {
        uint32_t token = big_endian(at);

        at += 4;
        if (token == FDT_BEGIN_NODE) {
            at += (text_len((const char *)at) + 4) & ~3UL;
        } else if (token == FDT_PROP) {
            *len = big_endian(at);
            if (is_same((const char *)names + big_endian(at + 4), name))
                return at + 8;
            at += 8 + ((*len + 3) & ~3u);
        } else if (token != FDT_END_NODE && token != FDT_NOP) {
            return NULL;
        }
    }
}

static uint64_t
address_find(const uint8_t *fdt, const char *name)
{
    uint32_t len;
    const uint8_t *value = property_find(fdt, name, &len);

    return value ? (uint64_t)big_endian(value) << 32 | big_endian(value + 4) : 0;
}

void
hart_main(void)
{
    __atomic_fetch_add(&harts_up, 1, __ATOMIC_SEQ_CST);
    sbi(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

/* How many harts run, or have run. */
static uint64_t
harts_start(uint64_t own)
{
    uint64_t started = 0;

    for (uint64_t hart = 0; hart < HARTS_MAX; hart++)
        if (hart != own &&
            sbi(SBI_HSM, SBI_HSM_START, hart, (uint64_t)hart_start, (uint64_t)stack[hart + 1]) == 0)
            started++;
    while (__atomic_load_n(&harts_up, __ATOMIC_SEQ_CST) < started)
        ;
    return started + 1;
}

void
kernel_main(uint64_t hart, const uint8_t *fdt)
{
    uint32_t len;
    const char *arguments = (const char *)property_find(fdt, "bootargs", &len);
    uint64_t initrd = address_find(fdt, "linux,initrd-start");

    has_uart =
        is_same((const char *)property_find(fdt, "stdout-path", &len), "/soc/serial@10000000");
    number_write(AT, (uint64_t)_start);
    line_write(ARGUMENTS, arguments, text_len(arguments));
    line_write(ENVIRONMENT, (const char *)initrd, address_find(fdt, "linux,initrd-end") - initrd);
    number_write(HARTS, harts_start(hart));
    sbi(SBI_SRST, SBI_SRST_RESET, 0, is_same(arguments, "fail"), 0);
    for (;;)
        ;
}

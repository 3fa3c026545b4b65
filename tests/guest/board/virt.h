/* The machine as such kernels see it: QEMU's `virt`. Nothing of Duet's is in here. */
#ifndef DUET_TESTS_VIRT_H
#define DUET_TESTS_VIRT_H

#include <stddef.h>
#include <stdint.h>

#define TEST   0x100000UL
#define RTC    0x101000UL
#define CLINT  0x02000000UL
#define PLIC   0x0c000000UL
#define UART   0x10000000UL
#define VIRTIO 0x10001000UL

#define UART_IRQ   10
#define VIRTIO_IRQ 1

/* The UART's registers; some have another meaning when they are stored to. */
#define RHR 0
#define THR 0
#define IER 1
#define IIR 2
#define FCR 2
#define LCR 3
#define LSR 5

#define PLIC_PRIORITY(irq)    (PLIC + 4 * (irq))
#define PLIC_PENDING          (PLIC + 0x1000)
#define PLIC_SENABLE(hart)    (PLIC + 0x2080 + (hart) * 0x100)
#define PLIC_STHRESHOLD(hart) (PLIC + 0x201000 + (hart) * 0x2000)
#define PLIC_SCLAIM(hart)     (PLIC + 0x201004 + (hart) * 0x2000)

#define CLINT_MSIP(hart)     (CLINT + 4 * (hart))
#define CLINT_MTIMECMP(hart) (CLINT + 0x4000 + 8 * (hart))
#define CLINT_MTIME          (CLINT + 0xbff8)

#define TEST_FAIL(status) (0x3333u | (uint32_t)(status) << 16)
#define TEST_PASS         0x5555u
#define TEST_RESET        0x7777u

/* What is behind the first `word` in the device tree, where the boot arguments are; NULL if it is
 * not there. */
static inline const char *
tree_find(const void *fdt, const char *word)
{
    const uint8_t *header = fdt; /* big-endian; the size is its second word (Devicetree 0.4 §5.2) */
    uint32_t size = (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];
    const char *text = fdt;

    for (uint32_t at = 0; at < size; at++) {
        uint32_t same = 0;

        while (word[same] && at + same < size && text[at + same] == word[same])
            same++;
        if (!word[same])
            return text + at + same;
    }
    return NULL;
}

/* The number behind `word` in the device tree, where the boot arguments are; 0: it is not there. */
static inline unsigned
tree_number(const void *fdt, const char *word)
{
    const char *digit = tree_find(fdt, word);
    unsigned number = 0;

    for (; digit && *digit >= '0' && *digit <= '9'; digit++)
        number = 10 * number + (unsigned)(*digit - '0');
    return number;
}

/* Of a kernel that keeps it in tp. */
static inline uint64_t
hart_id(void)
{
    uint64_t id;

    __asm__ volatile("mv %0, tp" : "=r"(id));
    return id;
}

static inline uint32_t
load32(uint64_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void
store32(uint64_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline uint8_t
uart_load(unsigned reg)
{
    return *(volatile uint8_t *)(UART + reg);
}

static inline void
uart_store(unsigned reg, uint8_t value)
{
    *(volatile uint8_t *)(UART + reg) = value;
}

static inline void
uart_put(char c)
{
    while (!(uart_load(LSR) & 0x20))
        ;
    uart_store(THR, (uint8_t)c);
}

static inline void
print(const char *text)
{
    while (*text)
        uart_put(*text++);
}

static inline void
print_number(uint64_t number)
{
    if (number >= 10)
        print_number(number / 10);
    uart_put((char)('0' + number % 10));
}

static inline void
fail_at(const char *what)
{
    print("CHECK failed: ");
    print(what);
    print("\n");
    store32(TEST, TEST_FAIL(99));
}

/* Ends the run with status 99. */
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_at(#condition);                                                                   \
    } while (0)

#ifndef csr_read
#define csr_read(name)                                                                             \
    __extension__({                                                                                \
        uint64_t value_;                                                                           \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory");                              \
        value_;                                                                                    \
    })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")
#define csr_set(name, value)   __asm__ volatile("csrs " #name ", %0" ::"r"(value) : "memory")
#define csr_clear(name, value) __asm__ volatile("csrc " #name ", %0" ::"r"(value) : "memory")
#endif

#endif

/* What the test guests share. Each is one C file that defines guest_main(). */
#ifndef DUET_TESTS_GUEST_H
#define DUET_TESTS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/guest.h"
#include "abi/memory.h"
#include "common/riscv.h"

/* Runs on each hart that is started; hart 0 is from the beginning. */
void guest_main(uint64_t hart, uint64_t fdt);

static inline void
put(const char *text)
{
    uint64_t len = 0;

    while (text[len])
        len++;
    duet_console_write(text, len);
}

static inline void
put_number(int64_t number)
{
    char digits[21];
    char *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    duet_console_write(at, (uint64_t)(digits + sizeof(digits) - at));
}

/* Ends the run with a status that says which check failed: its line, cut to fit. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            put("CHECK failed: " #condition "\n");                                                 \
            duet_power_off(99);                                                                    \
        }                                                                                          \
    } while (0)

#define csr_read(name)                                                                             \
    __extension__({                                                                                \
        uint64_t value_;                                                                           \
        __asm__ volatile("csrr %0, " #name : "=r"(value_));                                        \
        value_;                                                                                    \
    })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")

/* Waits until another hart, or a handler, has stored the value; so many ticks are a guard against
 * hanging. */
static inline void
word_await(const volatile uint64_t *word, uint64_t value, uint64_t limit)
{
    uint64_t begin = csr_read(time);

    while (*word != value)
        CHECK(csr_read(time) - begin < limit);
}

/* The software interrupt in sie and sip (Privileged 1.12 §4.1.3). */
#define SSIP 0x2

/* Sleeps until another hart's IPI comes, and takes it. */
static inline void
software_wait(void)
{
    csr_write(sie, SSIP);
    while (!(csr_read(sip) & SSIP))
        __asm__ volatile("wfi");
    __asm__ volatile("csrci sip, 2");
}

static inline struct duet_ret
sbi_call(uint64_t ext, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    const uint64_t arg[6] = {a0, a1, a2, 0, 0, 0};

    return duet_ecall(ext, function, arg);
}

#endif

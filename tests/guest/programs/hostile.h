/*
 * What the hostile guests share: what the boot arguments say (seed=N, rounds=N), random numbers,
 * the addresses at which things go wrong, a trap handler that steps over what trapped, and harts.
 *
 * These guests break what they can but themselves: what duet is to write to lies outside of this
 * program, below and above it in RAM. That is as large as HOSTILE_RAM, which the cases give duet.
 */
#ifndef DUET_TESTS_HOSTILE_H
#define DUET_TESTS_HOSTILE_H

#include "guest.h"

#define HOSTILE_RAM (16UL << 20)
#define RAM_END     (DUET_RAM_BASE + HOSTILE_RAM)
#define HARTS_MAX   16

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

extern char _start[], _etext[], _end[];

/* --- random numbers --------------------------------------------------------------------------- */

/* A hart's own; a run with as many harts and the same seed has the same numbers. */
struct random {
    uint64_t state;
};

static inline uint64_t
random_next(struct random *random) /* xorshift64* */
{
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * 0x2545f4914f6cdd1d;
}

static inline uint64_t
random_below(struct random *random, uint64_t limit)
{
    return random_next(random) % limit;
}

static inline struct random
random_begin(uint64_t seed, uint64_t hart)
{
    struct random random = {(seed + 1) * 0x9e3779b97f4a7c15 ^ (hart + 1) * 0xd1342543de82ef95};

    if (random.state == 0)
        random.state = 1;
    return random;
}

/* --- the boot arguments ----------------------------------------------------------------------- */

/* The number behind `name`, such as "seed=", in the device tree's boot arguments. */
static inline uint64_t
boot_number(uint64_t fdt, const char *name)
{
    const char *tree = (const char *)fdt;
    uint64_t number = 0;

    for (unsigned at = 0; at < 16384; at++) {
        unsigned len = 0;

        while (name[len] && tree[at + len] == name[len])
            len++;
        if (name[len])
            continue;
        for (at += len; tree[at] >= '0' && tree[at] <= '9'; at++)
            number = number * 10 + (uint64_t)(tree[at] - '0');
        return number;
    }
    put("no boot argument ");
    put(name);
    duet_power_off(98);
    return 0;
}

/* --- addresses -------------------------------------------------------------------------------- */

/* Where nothing is, and where something ends. */
static inline uint64_t
address_edge(struct random *random)
{
    static const uint64_t edge[] = {
        0,
        PAGE_SIZE,
        0x02000000, /* QEMU's virt machine has its CLINT, PLIC and UART here */
        0x0c000000,
        0x10000000,
        DUET_DOORBELL_BASE,
        DUET_DOORBELL_BASE + DUET_DOORBELL_PAGE_SIZE,
        DUET_RAM_BASE,
        RAM_END,
        1UL << 32,
        1UL << 41, /* as far as guest physical addresses go with Sv39x4, Sv48x4, Sv57x4 */
        1UL << 50,
        1UL << 56,
        1UL << 59,
        1UL << 63,
    };

    return edge[random_below(random, COUNT_OF(edge))] + random_below(random, 64) - 32;
}

/* Any value; often one at which a calculation goes wrong. */
static inline uint64_t
value_any(struct random *random)
{
    switch (random_below(random, 5)) {
    case 0:
        return random_below(random, 16);
    case 1:
        return 1UL << random_below(random, 64);
    case 2:
        return -random_below(random, 8192);
    case 3:
        return address_edge(random);
    default:
        return random_next(random);
    }
}

/* Whether [gpa, gpa + len) is all in RAM. */
static inline int
is_ram(uint64_t gpa, uint64_t len)
{
    return gpa >= DUET_RAM_BASE && gpa <= RAM_END && len <= RAM_END - gpa;
}

/* Whether writing there would harm this program. */
static inline int
hits_program(uint64_t gpa, uint64_t len)
{
    return is_ram(gpa, len) && gpa < (uint64_t)_end && gpa + len > (uint64_t)_start;
}

/* A place in RAM that is not this program's. */
static inline uint64_t
address_free(struct random *random)
{
    uint64_t below = (uint64_t)_start - DUET_RAM_BASE, above = RAM_END - (uint64_t)_end;
    uint64_t at = random_below(random, below + above);

    return at < below ? DUET_RAM_BASE + at : (uint64_t)_end + (at - below);
}

/* --- traps ------------------------------------------------------------------------------------ */

/* Of the trap that came last on each hart: tp is the hart's number. */
static volatile struct {
    uint64_t count, cause, value;
} trapped[HARTS_MAX];

/* Steps over the instruction; an interrupt is switched off. */
__attribute__((aligned(4), interrupt("supervisor"), unused)) static void
trap_step_over(void)
{
    uint64_t hart, sepc = csr_read(sepc);

    __asm__ volatile("mv %0, tp" : "=r"(hart));
    trapped[hart].count++;
    trapped[hart].cause = csr_read(scause);
    trapped[hart].value = csr_read(stval);
    if (trapped[hart].cause & SCAUSE_INTERRUPT)
        csr_write(sie, 0);
    else
        csr_write(sepc, sepc + ((*(const volatile uint16_t *)sepc & 3) == 3 ? 4 : 2));
}

static inline void
traps_take(uint64_t hart)
{
    __asm__ volatile("mv tp, %0" ::"r"(hart));
    csr_write(stvec, (uint64_t)trap_step_over);
}

/* --- harts ------------------------------------------------------------------------------------ */

static volatile uint64_t done[HARTS_MAX];

/* Starts all the others, at _start with `opaque`; how many there are. */
static inline uint64_t
harts_start(uint64_t opaque)
{
    uint64_t harts = 1;

    while (harts < HARTS_MAX &&
           sbi_call(SBI_HSM, SBI_HSM_START, harts, (uint64_t)_start, opaque).error == 0)
        harts++;
    return harts;
}

/* Waits for the others to be done. */
static inline void
harts_wait(uint64_t harts)
{
    for (uint64_t hart = 1; hart < harts; hart++)
        while (!done[hart])
            __asm__ volatile("fence" ::: "memory");
}

/* For a hart that has nothing more to do. */
static inline void
hart_rest(uint64_t hart)
{
    done[hart] = 1;
    for (;;)
        __asm__ volatile("wfi");
}

/* The code is as it was loaded. */
static inline uint64_t
code_sum(void)
{
    uint64_t sum = 0;

    for (const uint64_t *word = (const uint64_t *)_start; word + 1 <= (const uint64_t *)_etext;
         word++)
        sum = (sum << 1 | sum >> 63) ^ *word;
    return sum;
}

/* "NUMBER WHAT" */
static inline void
put_count(uint64_t number, const char *what)
{
    put_number((int64_t)number);
    put(what);
}

#endif

/*
 * Lab P2: a machine that has itself saved. It does what its console says; numbers are the grader's.
 *
 *     fill SEED        writes a word into about every second page of an area, 0 into the others
 *     sum              prints a sum of the whole area
 *     set SEED         numbers that `save` has in registers: s1 to s11, f0 to f31, sscratch, fcsr
 *     harts SEED       starts harts 1 to 3, which keep a number in a register: hart 1 sleeps for a
 *                      software interrupt, hart 2 has one pending, hart 3 stops itself
 *     timer TICKS      sets the timer
 *     save             makes the hypercall; prints its error and value
 *     registers        prints a sum of the registers as `save` found them afterwards
 *     wake             has harts 1 to 4 go on, and prints what they were and what they have kept
 *     ring             prints whether the clock jumped, and waits for the timer
 *     end STATUS       powers off
 */
#include "tests/labs/guests/commands.h"

#define HARTS  5
#define PAGES  512
#define WORDS  (4096 / 8)
#define SECOND 10000000ul /* ticks */

#define STOPPED 1 /* SBI 2.0 §9.4 */

extern char _start[];

static volatile uint64_t area[PAGES * WORDS] __attribute__((aligned(4096)));
static volatile uint64_t here[HARTS], kept[HARTS], go, rang;
static uint64_t harts_seed, timer_begin, timer_when;

/* What save_with_registers has in s1 to s11 and f0 to f31 while it makes the call. */
static struct {
    uint64_t s[11], f[32];
} registers;

struct duet_ret save_with_registers(void *registers, uint64_t call, uint64_t ext);
__asm__(".option push\n"
        ".option arch, +f, +d\n"
        ".macro each_s what, base\n"
        "   .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"
        "   \\what s\\n, 8 * (\\n - 1)(\\base)\n"
        "   .endr\n"
        ".endm\n"
        ".macro each_f what, base\n"
        "   .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21\n"
        "   \\what f\\n, 88 + 8 * \\n(\\base)\n"
        "   .endr\n"
        "   .irp n, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "   \\what f\\n, 88 + 8 * \\n(\\base)\n"
        "   .endr\n"
        ".endm\n"
        ".text\n"
        "save_with_registers:\n"
        "   addi sp, sp, -112\n"
        "   each_s sd, sp\n"
        "   sd a0, 96(sp)\n"
        "   mv a6, a1\n"
        "   mv a7, a2\n"
        "   each_f fld, a0\n"
        "   each_s ld, a0\n"
        "   ecall\n"
        "   ld t0, 96(sp)\n"
        "   each_s sd, t0\n"
        "   each_f fsd, t0\n"
        "   each_s ld, sp\n"
        "   addi sp, sp, 112\n"
        "   ret\n"
        ".option pop\n");

/* Marsaglia's xorshift; `state` is not 0. */
static uint64_t
random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static uint64_t
sum_add(uint64_t sum, uint64_t word)
{
    return sum * 6364136223846793005 + word;
}

static void
fill(uint64_t seed)
{
    for (unsigned page = 0; page < PAGES; page++) {
        uint64_t number = random_next(&seed);

        area[page * WORDS + (number >> 8) % WORDS] = number & 1 ? number : 0;
    }
}

static void
number_print(uint64_t number)
{
    put_number((int64_t)number);
    put("\n");
}

static void
area_print(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < PAGES * WORDS; i++)
        if (area[i])
            sum = sum_add(sum, area[i] + i);
    number_print(sum);
}

static void
registers_set(uint64_t seed)
{
    for (unsigned i = 0; i < 11; i++)
        registers.s[i] = random_next(&seed);
    for (unsigned i = 0; i < 32; i++)
        registers.f[i] = random_next(&seed);
    csr_write(sscratch, random_next(&seed));
    __asm__ volatile(".option push\n .option arch, +f, +d\n csrw fcsr, %0\n .option pop" ::"r"(
        random_next(&seed) & 0x7f));
}

static void
registers_print(void)
{
    uint64_t sum = 0, fcsr;

    __asm__ volatile(".option push\n .option arch, +f, +d\n csrr %0, fcsr\n .option pop"
                     : "=r"(fcsr));
    for (unsigned i = 0; i < 11; i++)
        sum = sum_add(sum, registers.s[i]);
    for (unsigned i = 0; i < 32; i++)
        sum = sum_add(sum, registers.f[i]);
    number_print(sum_add(sum_add(sum, csr_read(sscratch)), fcsr));
}

static void
save(void)
{
    struct duet_ret ret = save_with_registers(&registers, DUET_CALL_save, DUET_SBI_EXT);

    put_number(ret.error);
    put(" ");
    number_print(ret.value);
}

/* What a hart other than 0 does. `mine` is in a register while it waits. */
static void
other_run(uint64_t hart)
{
    register uint64_t mine __asm__("s5") = harts_seed * (hart + 1);

    here[hart]++;
    if (hart == 1) {
        software_wait();
    } else if (hart == 2) {
        while (!go)
            ;
        csr_write(sie, SSIP);
        __asm__ volatile("wfi" : "+r"(mine)); /* not for ever: it is pending */
        software_wait();
    }
    __asm__ volatile("" : "+r"(mine));
    kept[hart] = mine;
    sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

static uint64_t
status(uint64_t hart)
{
    return sbi_call(SBI_HSM, SBI_HSM_STATUS, hart, 0, 0).value;
}

static void
start(uint64_t hart)
{
    uint64_t before = here[hart];

    sbi_call(SBI_HSM, SBI_HSM_START, hart, (uint64_t)_start, 0);
    while (here[hart] == before)
        ;
}

static void
harts_begin(uint64_t seed)
{
    uint64_t begin;

    harts_seed = seed;
    for (uint64_t hart = 1; hart < 4; hart++)
        start(hart);
    sbi_call(SBI_IPI, SBI_IPI_SEND, 1, 2, 0);
    while (status(3) != STOPPED)
        ;
    for (begin = csr_read(time); csr_read(time) - begin < SECOND / 100;)
        ; /* hart 1 sleeps by now */
}

/* Harts that do not go on leave their line as it is: the check has no clock. */
static void
harts_wake(void)
{
    for (uint64_t hart = 1; hart < HARTS; hart++) {
        put_number(status(hart) == STOPPED);
        put(" ");
    }
    put_number((int64_t)kept[1]);
    put("\n");
    go = 1;
    sbi_call(SBI_IPI, SBI_IPI_SEND, 1, 1, 0);
    for (uint64_t hart = 3; hart < HARTS; hart++)
        start(hart);
    for (uint64_t hart = 1; hart < HARTS; hart++) {
        while (status(hart) != STOPPED)
            ;
        number_print(kept[hart]);
    }
}

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    csr_write(sie, 0);
    rang = csr_read(time);
}

static void
timer_set(uint64_t ticks)
{
    csr_write(stvec, (uint64_t)trap);
    timer_begin = csr_read(time);
    timer_when = timer_begin + ticks;
    sbi_call(SBI_TIME, SBI_TIME_SET, timer_when, 0, 0);
    csr_write(sie, 1UL << IRQ_S_TIMER);
}

static void
timer_ring(void)
{
    uint64_t now = csr_read(time);

    put(now < timer_begin ? "back" : now - timer_begin > 20 * SECOND ? "far" : "on");
    __asm__ volatile("csrsi sstatus, 2");
    while (!rang)
        ;
    __asm__ volatile("csrci sstatus, 2");
    put(rang < timer_when ? " early\n" : " rang\n");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)fdt;
    if (hart != 0)
        other_run(hart);
    __asm__ volatile("csrs sstatus, %0" ::"r"(0x2000UL)); /* FS: floating point on */
    while (read_line(line)) {
        const char *at = line;
        uint64_t number;

        while (*at && *at != ' ')
            at++;
        number = number_next(&at);
        if (starts_with(line, "fill"))
            fill(number);
        else if (starts_with(line, "sum"))
            area_print();
        else if (starts_with(line, "set"))
            registers_set(number);
        else if (starts_with(line, "harts"))
            harts_begin(number);
        else if (starts_with(line, "timer"))
            timer_set(number);
        else if (starts_with(line, "save"))
            save();
        else if (starts_with(line, "registers"))
            registers_print();
        else if (starts_with(line, "wake"))
            harts_wake();
        else if (starts_with(line, "ring"))
            timer_ring();
        else if (starts_with(line, "end"))
            duet_power_off(number);
    }
    duet_power_off(0);
}

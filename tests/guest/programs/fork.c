/*
 * A machine that has copies made of itself. Its boot argument says what it does:
 *
 * - without: it copies itself 3 times and 2 times, which is all that it may; looks at its memory
 *   and at what a copy is told. A copy ends with status 10 + its number.
 * - <all>: all 4 harts ask for a copy at once, ROUNDS times, while they count. Hart 0 ends the
 *   machine when all harts have gone on.
 * - <wait>: it copies itself 50 times. All wait until they are asked to end, and end with their
 *   number. <deaf>: they do not end. <left>: the original ends at once. <late>: it alone ends when
 *   it is asked.
 * - <none>: it may not be copied.
 * - <odd>: one copy dies, one resets itself, one ends in the middle of a line.
 * - <again>: it copies itself and starts anew, which is when it waits as for <wait>.
 * - <fails>: it asks for a copy again and again, which cannot be made.
 * - <restless>: two harts start each other and stop themselves, for ever. Then another looks all
 * the time as if it had been started just now. The machine asks to be copied and saved meanwhile.
 */
#include "guest.h"

#define HARTS  4
#define ROUNDS 3
#define MANY   50

extern char _start[];
static const char *tree;

static bool
is_said(const char *word)
{
    for (unsigned at = 0; at < 65536; at++) {
        unsigned i = 0;

        while (word[i] && tree[at + i] == word[i])
            i++;
        if (!word[i])
            return true;
    }
    return false;
}

/* A line that is written in pieces. */
static void
say_number(const char *what, uint64_t number)
{
    put(what);
    put(" ");
    put_number((int64_t)number);
    put("\n");
}

static bool
is_restored(void)
{
    return duet_event_select(0).value & DUET_EVENT_RESTORED;
}

/* A value of their own, a page each that was written to before, and one that was not. */
static volatile uint64_t page[2 * 4096 / 8] __attribute__((aligned(4096)));

static void
plain(void)
{
    uint64_t generation = duet_generation().value, begin, now;
    struct duet_ret fork, input;
    static char text[16];

    CHECK(duet_fork(0).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_fork(6).error == SBI_ERR_DENIED);
    CHECK(duet_fork(1UL << 32).error == SBI_ERR_DENIED);
    CHECK(duet_fork(UINT64_MAX).error == SBI_ERR_DENIED);
    duet_console_read(text, 0);
    while (!(duet_event_select(0).value & DUET_EVENT_CONSOLE))
        ; /* what was typed has arrived, for the original */
    page[0] = 1000;
    fork = duet_fork(3);
    for (int round = 0; round < 2; round++) {
        CHECK(fork.error == 0);
        CHECK(is_restored() == (fork.value != 0));
        /* The copies begin later than the original goes on, and one after the other. */
        CHECK(page[0] == 1000 + (uint64_t)round && page[4096 / 8] == 0);
        if (fork.value) {
            CHECK(fork.value >= (round ? 4 : 1) && fork.value <= (round ? 5 : 3));
            page[0] = page[4096 / 8] = fork.value;
            CHECK(duet_generation().value != generation);
            CHECK(!is_restored());
            CHECK(duet_fork(1).error == SBI_ERR_NOT_SUPPORTED);
            CHECK(duet_save().error == SBI_ERR_NOT_SUPPORTED);
            do
                input = duet_console_read(text, sizeof(text));
            while (input.error == 0 && input.value == 0);
            CHECK(input.error == DUET_ERR_END_OF_FILE);
            begin = csr_read(time);
            do
                now = csr_read(time);
            while (now - begin < 1000000);
            CHECK(page[0] == fork.value && page[4096 / 8] == fork.value);
            CHECK(duet_memory_release((void *)page, 4096).error == 0 && page[0] == 0);
            say_number("copy", fork.value);
            duet_power_off(10 + fork.value);
        }
        CHECK(duet_generation().value == generation);
        page[0] = 1001;
        if (round == 0) {
            CHECK(duet_fork(3).error == SBI_ERR_DENIED);
            fork = duet_fork(2);
        }
    }
    CHECK(duet_fork(1).error == SBI_ERR_DENIED);
    CHECK(duet_console_read(text, sizeof(text)).value == 6 && text[0] == 't' && text[5] == '\n');
    put("original\n");
    duet_power_off(0);
}

static volatile uint64_t count[HARTS], twice[HARTS], rounds_done[HARTS], copy_number, asked;

static void
count_on(uint64_t hart, uint64_t times)
{
    for (uint64_t i = 0; i < times; i++) {
        CHECK(twice[hart] == 2 * count[hart]);
        count[hart]++;
        twice[hart] = 2 * count[hart];
    }
}

static void
all(uint64_t hart)
{
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct duet_ret fork;

        /* They ask at about the same time. */
        __atomic_fetch_add(&asked, 1, __ATOMIC_SEQ_CST);
        while (asked < HARTS * (round + 1))
            count_on(hart, 10);
        fork = duet_fork(1);
        if (fork.error == 0 && fork.value) {
            CHECK(__atomic_exchange_n(&copy_number, fork.value, __ATOMIC_SEQ_CST) == 0);
        } else if (fork.error) {
            /* In a copy that another hart has asked for: in the call then, or later. */
            CHECK(fork.error == SBI_ERR_FAILED || fork.error == SBI_ERR_NOT_SUPPORTED);
            while (copy_number == 0)
                count_on(hart, 10);
        }
        count_on(hart, 10000);
        rounds_done[hart]++;
    }
    if (hart != 0)
        for (;;)
            count_on(hart, 10);
    for (uint64_t other = 0; other < HARTS; other++) {
        uint64_t before = count[other];

        while (rounds_done[other] < ROUNDS || (other != hart && count[other] == before))
            ;
    }
    say_number("machine", copy_number);
    duet_power_off(copy_number);
}

/* Says that it is there, and ends with its number when it is asked to end. */
static void
shutdown_wait(uint64_t number, bool deaf)
{
    csr_write(sie, deaf ? 0 : 1UL << IRQ_S_EXT);
    say_number("machine", number);
    while (deaf || !(duet_event_select(DUET_EVENT_SHUTDOWN).value & DUET_EVENT_SHUTDOWN))
        __asm__ volatile("wfi");
    duet_power_off(number);
}

static void
wait(bool deaf, bool left, bool late)
{
    struct duet_ret fork;

    duet_event_select(DUET_EVENT_SHUTDOWN); /* before: a copy can be asked from its beginning on */
    fork = duet_fork(MANY);
    CHECK(fork.error == 0);
    deaf |= late && fork.value;
    if (left && !fork.value)
        duet_power_off(0);
    shutdown_wait(fork.value, deaf);
}

static void
odd(void)
{
    struct duet_ret fork = duet_fork(3);

    CHECK(fork.error == 0);
    if (fork.value == 1)
        duet_guest_panic("a copy may die", 14, (const void *)tree, 0);
    if (fork.value == 2)
        sbi_call(SBI_SRST, SBI_SRST_RESET, 1, 0, 0);
    put(fork.value ? "no end of the line" : "original\n");
    duet_power_off(fork.value);
}

static void
again(void)
{
    struct duet_ret fork;

    duet_event_select(DUET_EVENT_SHUTDOWN);
    fork = duet_fork(1);
    if (fork.error == 0 && fork.value == 0)
        sbi_call(SBI_SRST, SBI_SRST_RESET, 1, 0, 0);
    CHECK(fork.error ? fork.error == SBI_ERR_DENIED : fork.value == 1);
    shutdown_wait(fork.value, false);
}

static void
fails(void)
{
    for (int i = 0; i < 5; i++)
        CHECK(duet_fork(1).error == SBI_ERR_FAILED);
    duet_power_off(0);
}

/* What harts 1 to 3 do. */
static volatile bool is_restless, is_looking;

static void
restless_hart(uint64_t hart)
{
    if (hart == 3) {
        is_looking = true;
        /* The registers of a hart that has stopped itself. */
        __asm__ volatile("mv a7, %0; mv a6, %1; 1: j 1b" ::"r"((uint64_t)SBI_HSM),
                         "r"((uint64_t)SBI_HSM_STOP)
                         : "a6", "a7");
    }
    while (sbi_call(SBI_HSM, SBI_HSM_START, 3 - hart, (uint64_t)_start, 0).error)
        ;
    sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

static void
restless(void)
{
    is_restless = true;
    CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error == 0);
    for (int i = 0; i < 3; i++) {
        struct duet_ret save = duet_save();

        CHECK(save.error == 0 || save.error == SBI_ERR_FAILED);
    }
    CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 3, (uint64_t)_start, 0).error == 0);
    while (!is_looking)
        ;
    CHECK(duet_save().error == SBI_ERR_FAILED);
    CHECK(duet_fork(1).error == SBI_ERR_FAILED);
    put("done\n");
    duet_power_off(0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    if (hart != 0 && is_restless)
        restless_hart(hart);
    if (hart != 0)
        all(hart);
    tree = (const char *)fdt;
    if (is_said("<all>")) {
        for (uint64_t other = 1; other < HARTS; other++)
            CHECK(sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0);
        all(0);
    } else if (is_said("<wait>") || is_said("<deaf>") || is_said("<left>") || is_said("<late>")) {
        wait(is_said("<deaf>"), is_said("<left>"), is_said("<late>"));
    } else if (is_said("<odd>")) {
        odd();
    } else if (is_said("<again>")) {
        again();
    } else if (is_said("<fails>")) {
        fails();
    } else if (is_said("<restless>")) {
        restless();
    } else if (is_said("<none>")) {
        CHECK(duet_fork(0).error == SBI_ERR_NOT_SUPPORTED);
        CHECK(duet_fork(1).error == SBI_ERR_NOT_SUPPORTED);
        duet_power_off(0);
    } else {
        plain();
    }
}

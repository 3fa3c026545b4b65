/*
 * On all harts at once: hypercalls of random and of edge arguments, as the table says which kinds
 * they are, and calls to every SBI extension there is and others. A call that was added to the
 * table is made too. What counts is that duet lives, and writes to no place that no call named:
 * this program's code is as before. Not made are the calls by which a guest ends, or a hart, and
 * what hangs the host's KVM.
 */
#include "hostile.h"

#define FUNCTION_STOP     SBI_HSM_STOP
#define FUNCTION_SUSPEND  3 /* SBI 2.0 §9.4 */
#define LEGACY_FENCE      6 /* SBI 2.0 §5.7, §5.8: the range is in a1 and a2 */
#define LEGACY_FENCE_ASID 7
#define SBI_PMU           0x504D55
#define PMU_SNAPSHOT_SET  7 /* SBI 2.0 §11.8 */

#define KIND(kind) kind,
enum kind { NONE, DUET_KINDS(KIND) };

/* A call's arguments, of the table. */
struct call {
    struct {
        enum kind kind;
        uint64_t limit;
    } argument[7];
};

#define ARGUMENT(travels, kind, name, limit) {kind, limit},
#define CALL(nr, name, what, ...)            [nr] = {{DUET_ARGS_EACH(ARGUMENT, __VA_ARGS__)}},
static const struct call table[DUET_CALLS] = {DUET_HYPERCALLS(CALL)};

static volatile uint64_t seed, rounds, fences;
static volatile struct {
    uint64_t hypercalls, taken, sbi;
} count[HARTS_MAX];

static uint64_t
length_good(struct random *random)
{
    uint64_t kind = random_below(random, 1024);

    if (kind == 0)
        return HOSTILE_RAM;
    return kind < 128 ? random_below(random, 3) * PAGE_SIZE : random_below(random, 80);
}

/* A buffer: an address and a length. A good one is seldom long, for what is moved takes time. */
static void
buffer_make(struct random *random, uint64_t buffer[2])
{
    uint64_t near = random_below(random, 64);

    switch (random_below(random, 12)) {
    case 0: /* across the end of RAM, or just up to it */
        buffer[0] = RAM_END - near;
        buffer[1] = near + random_below(random, 3) - 1;
        break;
    case 1: /* across its beginning */
        buffer[0] = DUET_RAM_BASE - random_below(random, 3);
        buffer[1] = near;
        break;
    case 2: /* so long that the sum wraps, to 0 or into RAM */
        buffer[0] = address_free(random);
        buffer[1] = -buffer[0] + (random_below(random, 2) ? address_free(random) : near);
        break;
    case 3: /* at the end of the address space */
        buffer[0] = -near;
        buffer[1] = random_below(random, 2) ? address_free(random) : near;
        break;
    case 4: /* the doorbells, nothing; or no bytes there */
        buffer[0] = address_edge(random);
        buffer[1] = random_below(random, 2) ? 0 : near;
        break;
    case 5:
        buffer[0] = value_any(random);
        buffer[1] = value_any(random);
        break;
    case 6: /* RAM, and far more than there is */
        buffer[0] = address_free(random);
        buffer[1] = value_any(random);
        break;
    case 7: /* whole pages */
        buffer[0] = address_free(random) & ~(PAGE_SIZE - 1UL);
        buffer[1] = random_below(random, 4) * PAGE_SIZE;
        break;
    case 8: /* this program; for OUT see below */
        buffer[0] = (uint64_t)_start + random_below(random, (uint64_t)(_etext - _start));
        buffer[1] = length_good(random);
        break;
    default:
        buffer[0] = address_free(random);
        buffer[1] = length_good(random);
        if (!is_ram(buffer[0], buffer[1]))
            buffer[1] = RAM_END - buffer[0];
    }
    if (is_ram(buffer[0], buffer[1]) && buffer[1] > 4 * PAGE_SIZE && random_below(random, 64))
        buffer[1] = 1UL << 40 | buffer[1];
}

static uint64_t
handle_make(struct random *random, uint64_t limit)
{
    return random_below(random, 4) ? random_below(random, limit + 1) : value_any(random);
}

/* A call that would end the machine is changed to one that must be refused. */
static void
end_avoid(uint64_t nr, uint64_t reg[6])
{
    if (nr == DUET_CALL_power_off && reg[0] <= DUET_STATUS_MAX)
        reg[0] += DUET_STATUS_MAX + 1;
    if (nr == DUET_CALL_guest_panic && (reg[3] == 0 || reg[3] == sizeof(struct duet_trap_regs)))
        reg[3]++;
}

static void
hypercall_make(struct random *random, uint64_t hart)
{
    uint64_t nr = random_below(random, 64) ? random_below(random, DUET_CALLS) : value_any(random);
    uint64_t reg[7] = {0}, *at = reg;
    struct duet_ret ret;

    for (unsigned i = 0; nr < DUET_CALLS && i < 6; i++) {
        uint64_t limit = table[nr].argument[i].limit, buffer[2];

        switch (table[nr].argument[i].kind) {
        case NONE:
            break;
        case VALUE:
            *at++ = value_any(random);
            break;
        case FLAGS:
            *at++ = random_below(random, 4) ? random_next(random) & limit : value_any(random);
            break;
        case HANDLE:
            *at++ = handle_make(random, limit);
            break;
        case IN:
        case OUT:
            buffer_make(random, buffer);
            /* Now and then the one before it once more, a little shifted. */
            if (at >= reg + 2 && random_below(random, 4) == 0) {
                buffer[0] = at[-2] + random_below(random, 16);
                buffer[1] = at[-1];
            }
            if (table[nr].argument[i].kind == OUT && hits_program(buffer[0], buffer[1]))
                buffer[1] = 0;
            *at++ = buffer[0];
            *at++ = buffer[1];
            break;
        }
    }
    /* The registers that the call has no use for. */
    while (at < reg + 6)
        *at++ = value_any(random);
    end_avoid(nr, reg);
    ret = duet_ecall(DUET_SBI_EXT, nr, reg);
    count[hart].hypercalls++;
    count[hart].taken += ret.error == 0;
    CHECK(ret.error <= 0);
    CHECK(nr < DUET_CALLS || ret.error == SBI_ERR_NOT_SUPPORTED);
}

static uint64_t
extension_make(struct random *random)
{
    static const uint64_t known[] = {
        SBI_BASE,   SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM,
        SBI_SRST,   SBI_DBCN, SBI_STA, SBI_PMU,    0x53555350, /* SUSP */
        0x43505043,                                            /* CPPC */
        0x4E41434C,                                            /* NACL */
        0x46574654,                                            /* FWFT */
    };

    switch (random_below(random, 8)) {
    case 0:
        return random_below(random, 8); /* the legacy ones but for shutdown */
    case 1:                             /* the ranges that KVM forwards, and what is beside them */
        return 0x08000000 + (random_next(random) & 0x3ffffff);
    case 2:
        return value_any(random) | 16;
    case 3: /* the one that duet serves */
        return SBI_DBCN;
    default:
        return known[random_below(random, COUNT_OF(known))];
    }
}

/* KVM of Linux 6.12 flushes page by page, and never ends if the range does in the last page there
 * is: the host's processor does nothing else. duet cannot help it; scripts/kernel.patch does. */
static void
fence_avoid(uint64_t *start, uint64_t size)
{
    if (!fences && *start + size >= -(uint64_t)PAGE_SIZE)
        *start = 0;
}

/* What must not be asked for is changed to what is refused or harmless. */
static uint64_t
sbi_avoid(uint64_t extension, uint64_t function, uint64_t reg[6])
{
    if (extension == SBI_HSM && (function == FUNCTION_STOP || function == FUNCTION_SUSPEND))
        return SBI_HSM_STATUS;
    if (extension == SBI_SRST && (uint32_t)reg[0] <= SBI_SRST_WARM_REBOOT)
        reg[0] = SBI_SRST_WARM_REBOOT + 1;
    if (extension == SBI_RFENCE)
        fence_avoid(&reg[2], reg[3]);
    if (extension == LEGACY_FENCE || extension == LEGACY_FENCE_ASID)
        fence_avoid(&reg[1], reg[2]);
    if (extension == SBI_DBCN && function == SBI_DBCN_READ && hits_program(reg[1], reg[0]))
        reg[0] = 0;
    /* What KVM writes to from then on. */
    if ((extension == SBI_STA && hits_program(reg[0], 64)) ||
        (extension == SBI_PMU && function == PMU_SNAPSHOT_SET && hits_program(reg[0], PAGE_SIZE)))
        reg[0] = 0;
    return function;
}

static void
sbi_make(struct random *random, uint64_t hart)
{
    uint64_t extension = extension_make(random), buffer[2], reg[6];
    uint64_t function = random_below(random, 8) ? random_below(random, 9) : value_any(random);

    for (unsigned i = 0; i < 6; i++)
        reg[i] = value_any(random);
    if (extension == DUET_SBI_EXT) /* that is hypercall_make's */
        extension++;
    if (extension == SBI_DBCN) {
        buffer_make(random, buffer);
        reg[0] = buffer[1];
        reg[1] = buffer[0];
        reg[2] = random_below(random, 4) ? 0 : reg[2];
    }
    function = sbi_avoid(extension, function, reg);
    duet_ecall(extension, function, reg);
    count[hart].sbi++;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t code = code_sum(), harts = 1, hypercalls = 0, taken = 0, sbi = 0;
    struct random random;

    if (hart == 0) {
        seed = boot_number(fdt, "seed=");
        rounds = boot_number(fdt, "rounds=");
        fences = boot_number(fdt, "fences=");
        harts = harts_start(0);
    }
    traps_take(hart);
    random = random_begin(seed, hart);
    for (uint64_t round = 0; round < rounds; round++)
        if (random_below(&random, 4))
            hypercall_make(&random, hart);
        else
            sbi_make(&random, hart);
    if (hart)
        hart_rest(hart);
    harts_wait(harts);
    CHECK(code_sum() == code);
    for (hart = 0; hart < harts; hart++) {
        CHECK(trapped[hart].count == 0);
        hypercalls += count[hart].hypercalls;
        taken += count[hart].taken;
        sbi += count[hart].sbi;
    }
    put("\n");
    put_count(hypercalls, " hypercalls, of which ");
    put_count(taken, " were taken, ");
    put_count(sbi, " SBI calls\n");
    duet_power_off(42);
}

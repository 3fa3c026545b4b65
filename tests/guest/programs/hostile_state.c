/*
 * Harts that spoil their own state: all CSRs read and written, garbage in stvec, satp and sstatus,
 * instructions that KVM does not emulate on memory that is none, jumps to anywhere, harts started
 * at and woken to addresses of any kind. Most of them get lost, and some of it kills the guest,
 * which is status 126; else hart 0, which does nothing of this, ends the machine with 42 after a
 * while. The boot argument `sweep=1` has hart 1 go over all 4,096 CSRs first.
 */
#include "hostile.h"

#define FUNCTION_SUSPEND 3 /* SBI 2.0 §9.4 */
#define SUSPEND_KEEP     0
#define SUSPEND_LOSE     0x80000000

#define CSRS       4096
#define CSR_STVEC  0x105
#define CSR_SATP   0x180
#define CSRRW(csr) ((csr) << 20 | 10 << 15 | 1 << 12 | 10 << 7 | 0x73) /* csrrw a0, csr, a0 */
#define CSRRS(csr) ((csr) << 20 | 0 << 15 | 2 << 12 | 10 << 7 | 0x73)  /* csrrs a0, csr, zero */
#define RET        0x00008067

static volatile uint64_t seed, rounds, sweep;
static volatile struct {
    uint64_t csrs, others;
} count[HARTS_MAX];

/* Runs one instruction, with a0 as it is given; a0. */
static uint64_t
instruction_run(uint32_t instruction, uint64_t a0)
{
    static volatile uint32_t code[HARTS_MAX][2];
    uint64_t hart;

    __asm__ volatile("mv %0, tp" : "=r"(hart));
    code[hart][0] = instruction;
    code[hart][1] = RET;
    __asm__ volatile("fence.i" ::: "memory");
    return ((uint64_t (*)(uint64_t))(uint64_t)code[hart])(a0);
}

/* Reads and writes the CSR, and restores it if possible. */
static void
csr_try(uint32_t csr, uint64_t value, uint64_t hart)
{
    uint64_t before = instruction_run(CSRRS(csr), 0);

    instruction_run(CSRRW(csr), value);
    instruction_run(CSRRW(csr), before);
    count[hart].csrs += 3;
}

/* Where a hart is to go, or its page table is to be: in RAM it is only lost, elsewhere the guest
 * dies. That not every run does, and soon, this is for some seeds only; and the like below. */
static int
may_die(void)
{
    return seed % 4 == 0;
}

static uint64_t
address_any(struct random *random)
{
    return may_die() && random_below(random, 2) ? value_any(random) : address_free(random);
}

/* The state in which a hart runs: from here on the hart may be lost. */
static void
state_spoil(struct random *random)
{
    uint64_t value = address_any(random);

    switch (random_below(random, 6)) {
    case 0:
        csr_write(stvec, value);
        break;
    case 1:
        csr_write(satp, random_below(random, 16) << SATP_MODE_SHIFT | value >> PAGE_SHIFT);
        break;
    case 2:
        csr_write(sstatus, value_any(random));
        break;
    case 3:
        csr_write(sie, value_any(random));
        csr_write(sip, value_any(random));
        break;
    case 4:
        csr_write(sepc, value);
        __asm__ volatile("sret");
        break;
    case 5:
        ((void (*)(void))value)();
        break;
    }
}

/* Instructions that KVM does not emulate, on addresses without RAM: most of them kill the guest. */
static void
access_spoil(struct random *random)
{
    uint64_t address = random_below(random, 2) ? address_edge(random) : DUET_DOORBELL(0);
    uint64_t value;

    switch (random_below(random, 5)) {
    case 0:
        __asm__ volatile("amoadd.w %0, %0, (%1)" : "=r"(value) : "r"(address) : "memory");
        break;
    case 1:
        __asm__ volatile("lr.d %0, (%1)" : "=r"(value) : "r"(address) : "memory");
        break;
    case 2: /* misaligned */
        __asm__ volatile("ld %0, (%1)" : "=r"(value) : "r"(address | 1) : "memory");
        break;
    case 3:
        __asm__ volatile("sw zero, (%0)" ::"r"(address | 1) : "memory");
        break;
    case 4: /* from just below the end of RAM to beyond it */
        __asm__ volatile("ld %0, (%1)" : "=r"(value) : "r"(RAM_END - 4) : "memory");
        break;
    }
}

/* Starts another hart, or ends this one. */
static void
hart_spoil(struct random *random)
{
    uint64_t where = address_any(random);

    switch (random_below(random, 8)) {
    case 0:
        sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
        break;
    case 1:
        csr_write(sip, 1UL << IRQ_S_SOFT); /* so that the hart wakes */
        csr_write(sie, 1UL << IRQ_S_SOFT);
        sbi_call(SBI_HSM, FUNCTION_SUSPEND, random_below(random, 2) ? SUSPEND_LOSE : SUSPEND_KEEP,
                 where, 0);
        break;
    case 2:
        sbi_call(SBI_HSM, random_next(random), value_any(random), where, value_any(random));
        break;
    default:
        sbi_call(SBI_HSM, SBI_HSM_START, random_below(random, HARTS_MAX + 1), where, 0);
    }
}

static void
spoil(struct random *random, uint64_t hart)
{
    for (;;) {
        uint64_t what = random_below(random, 256);

        if (what == 0)
            state_spoil(random);
        else if (what == 1 && may_die())
            access_spoil(random);
        else if (what < 4)
            instruction_run((uint32_t)random_next(random) | 3, value_any(random));
        else if (what < 6)
            hart_spoil(random);
        else
            csr_try((uint32_t)random_below(random, CSRS), value_any(random), hart);
        count[hart].others += what < 6;
    }
}

static void
csrs_sweep(struct random *random, uint64_t hart)
{
    for (uint32_t csr = 0; csr < CSRS; csr++)
        if (csr != CSR_STVEC && csr != CSR_SATP)
            csr_try(csr, value_any(random), hart);
    sweep = 0;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t csrs = 0, others = 0;
    struct random random;

    traps_take(hart);
    random = random_begin(seed, hart);
    if (hart == 1 && sweep)
        csrs_sweep(&random, hart);
    if (hart)
        spoil(&random, hart);
    seed = boot_number(fdt, "seed=");
    rounds = boot_number(fdt, "rounds=");
    sweep = boot_number(fdt, "sweep=");
    harts_start(0);
    while (sweep)
        __asm__ volatile("fence" ::: "memory");
    for (uint64_t round = 0; round < rounds; round++)
        duet_null();
    for (hart = 0; hart < HARTS_MAX; hart++) {
        csrs += count[hart].csrs;
        others += count[hart].others;
    }
    put_count(csrs, " reads and writes of CSRs, ");
    put_count(others, " other attempts\n");
    duet_power_off(42);
}

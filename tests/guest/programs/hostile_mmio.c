/* On all harts at once: loads and stores of all widths where no RAM is, beside the doorbell and on
 * it, at physical and at virtual addresses. Each must be served, or end as an access fault in this
 * program. */
#include "hostile.h"

/* Entries that map four gigabytes each to themselves, so that virtual addresses equal the physical
 * ones; the other entries point anywhere. */
static _Alignas(PAGE_SIZE) uint64_t page_table[PAGE_SIZE / 8];

static volatile uint64_t seed, rounds;
static volatile uint64_t faults[HARTS_MAX], served[HARTS_MAX];

#define LOAD(name)  __asm__ volatile(#name " %0, (%1)" : "=r"(value) : "r"(address) : "memory")
#define STORE(name) __asm__ volatile(#name " %0, (%1)" ::"r"(value), "r"(address) : "memory")
/* The compressed forms have eight registers: x8 to x15. */
#define C_ACCESS(instruction)                                                                      \
    do {                                                                                           \
        register uint64_t value_ __asm__("a4") = value;                                            \
        register uint64_t address_ __asm__("a5") = address;                                        \
        __asm__ volatile(instruction " %0, (%1)" : "+r"(value_) : "r"(address_) : "memory");       \
        value = value_;                                                                            \
    } while (0)

enum { LB, LBU, LH, LHU, LW, LWU, LD, C_LW, C_LD, SB, SH, SW, SD, C_SW, C_SD, ACCESSES };
static const uint8_t width[ACCESSES] = {1, 1, 2, 2, 4, 4, 8, 4, 8, 1, 2, 4, 8, 4, 8};

static void
access_make(unsigned which, uint64_t address, uint64_t value)
{
    switch (which) {
    case LB:
        LOAD(lb);
        break;
    case LBU:
        LOAD(lbu);
        break;
    case LH:
        LOAD(lh);
        break;
    case LHU:
        LOAD(lhu);
        break;
    case LW:
        LOAD(lw);
        break;
    case LWU:
        LOAD(lwu);
        break;
    case LD:
        LOAD(ld);
        break;
    case C_LW:
        C_ACCESS("c.lw");
        break;
    case C_LD:
        C_ACCESS("c.ld");
        break;
    case SB:
        STORE(sb);
        break;
    case SH:
        STORE(sh);
        break;
    case SW:
        STORE(sw);
        break;
    case SD:
        STORE(sd);
        break;
    case C_SW:
        C_ACCESS("c.sw");
        break;
    case C_SD:
        C_ACCESS("c.sd");
        break;
    }
}

static uint64_t
address_make(struct random *random)
{
    switch (random_below(random, 4)) {
    case 0: /* the doorbells, and what is around them */
        return DUET_DOORBELL_BASE + random_below(random, 64) - 16;
    case 1:
        return random_next(random) >> random_below(random, 64);
    default:
        return address_edge(random);
    }
}

/* Whether the machine has a device there: the doorbell of disk 0, which takes a store of four
 * bytes. */
static int
is_there(unsigned which, uint64_t address)
{
    return which >= SB && address == DUET_DOORBELL(0) && width[which] == DUET_DOORBELL_SIZE;
}

static void
round_make(struct random *random, uint64_t hart)
{
    unsigned which = (unsigned)random_below(random, ACCESSES);
    uint64_t address = address_make(random) & ~(width[which] - 1UL);
    uint64_t before = trapped[hart].count;
    int paging = random_below(random, 2) && address < 4UL << 30;

    if (is_ram(address, 1)) /* and aligned, so that all of it is inside */
        address = RAM_END;
    if (paging)
        csr_write(satp,
                  (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | (uint64_t)page_table >> PAGE_SHIFT);
    access_make(which, address, random_next(random));
    csr_write(satp, 0);
    if (trapped[hart].count == before) {
        CHECK(is_there(which, address));
        served[hart]++;
        return;
    }
    CHECK(!is_there(which, address));
    CHECK(trapped[hart].count == before + 1);
    CHECK(trapped[hart].cause == (which < SB ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS));
    CHECK(paging || trapped[hart].value == address || trapped[hart].value == 0);
    faults[hart]++;
}

/* Through the other entries of the page table, which may mean anything. */
static void
wild_make(struct random *random, uint64_t hart)
{
    /* Otherwise a store could hit this program. */
    unsigned which = (unsigned)random_below(random, SB);
    uint64_t address = random_next(random) & ((1UL << 39) - 1) & ~7UL, before = trapped[hart].count;

    csr_write(satp,
              (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | (uint64_t)page_table >> PAGE_SHIFT);
    access_make(which, (uint64_t)((int64_t)(address << 25) >> 25), 0);
    csr_write(satp, 0);
    if (trapped[hart].count == before)
        served[hart]++;
    else
        faults[hart]++;
}

static void
page_table_make(struct random *random)
{
    for (uint64_t i = 0; i < COUNT_OF(page_table); i++)
        if (i < 4)
            page_table[i] = i << (30 - PAGE_SHIFT + PTE_PPN_SHIFT) | PTE_V | PTE_R | PTE_W | PTE_X |
                            PTE_A | PTE_D;
        else
            page_table[i] = value_any(random) >> PAGE_SHIFT << PTE_PPN_SHIFT |
                            (random_below(random, 4) ? PTE_V | PTE_R | PTE_W | PTE_A | PTE_D
                                                     : random_below(random, 256));
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t code = code_sum(), harts = 1, fault_count = 0, served_count = 0;
    struct random random;

    traps_take(hart);
    if (hart == 0) {
        seed = boot_number(fdt, "seed=");
        rounds = boot_number(fdt, "rounds=");
        random = random_begin(seed, HARTS_MAX);
        page_table_make(&random);
        harts = harts_start(0);
    }
    random = random_begin(seed, hart);
    for (uint64_t round = 0; round < rounds; round++)
        if (random_below(&random, 4))
            round_make(&random, hart);
        else
            wild_make(&random, hart);
    if (hart)
        hart_rest(hart);
    harts_wait(harts);
    CHECK(code_sum() == code);
    for (hart = 0; hart < harts; hart++) {
        fault_count += faults[hart];
        served_count += served[hart];
    }
    put_count(fault_count + served_count, " loads and stores, of which ");
    put_count(served_count, " were served\n");
    duet_power_off(0);
}

/*
 * Page tables that a guest wrote, and may change between any two looks at them: each entry that is
 * read is an input. Reading goes through guest_mem_slice() alone, which has a proof of its own
 * (guest_mem.c); here it is one that says where it was asked, and that may say "not RAM" at any
 * address. So no RAM has to be imagined, and there is no bound but that of the walk itself.
 */
#include "tests/prove/prove.h"

#include <string.h>

#include "vmm/guest/page_walk.c"

#include "common/riscv.h"

#define READS_MAX 16

static struct {
    uint64_t gpa, len;
    uint64_t pte;
    bool is_ram;
} read[READS_MAX];
static unsigned reads;
static unsigned char page[48];
static bool copies; /* what is asked for is no entry of a table */

void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    (void)mem;
    prove_check(reads < READS_MAX, "there are few reads");
    read[reads].gpa = gpa;
    read[reads].len = len;
    read[reads].is_ram = prove_bool("it is in RAM");
    read[reads].pte = prove_u64("page table entry");
    if (!read[reads++].is_ram)
        return NULL;
    return copies ? page + sizeof(page) - len : (void *)&read[reads - 1].pte;
}

/* Privileged 1.12 §4.3.2, written from its steps: `levels` and `width` of §4.3 to §4.5. Faults of
 * permissions are none here. False: a page fault. */
static bool
translated(uint64_t satp, uint64_t va, uint64_t *pa)
{
    unsigned mode = (unsigned)(satp >> 60), levels = mode - 5, width = 9 * levels + 12;
    uint64_t a = (satp & 0xfffffffffff) * 4096, high = va >> (width - 1);

    if (high != 0 && high != UINT64_MAX >> (width - 1))
        return false;
    for (unsigned i = levels; i-- > 0;) {
        unsigned n = levels - 1 - i; /* which read it is */
        uint64_t vpn = va / 4096 >> 9 * i & 511, pte = read[n].pte, ppn = pte << 10 >> 20;
        uint64_t below = ((uint64_t)1 << 9 * i) - 1;

        prove_check(n < reads && read[n].gpa == a + vpn * 8 && read[n].len == 8,
                    "the entry of this level is read, and once");
        if (!read[n].is_ram || !(pte & 1) || (!(pte & 2) && pte & 4))
            return false;
        if (!(pte & 2) && !(pte & 8)) {
            a = ppn * 4096;
            continue;
        }
        prove_check(reads == n + 1, "a leaf is the last entry that is read");
        if (ppn & below)
            return false;
        if (i == 0 && pte >> 63) /* Svnapot: the only size is 64 KiB */
            below = 15;
        *pa = ((ppn & ~below) | (va / 4096 & below)) * 4096 + va % 4096;
        return true;
    }
    return false;
}

PROVE(page_walk, 6, LONG)
{
    struct guest_mem mem = {0};
    uint64_t satp = prove_u64("satp"), gva = prove_u64("gva"), gpa = 0, expected = 0;
    uint64_t mode = satp >> 60;
    bool found = page_walk(&mem, satp, gva, &gpa);

    prove_check(reads <= 5, "it ends after 5 entries");
    if (mode == 0) {
        prove_check(found && gpa == gva && reads == 0, "Bare: the address itself");
    } else if (mode < 8 || mode > 10) {
        prove_check(!found && reads == 0, "a mode that is none");
    } else {
        prove_check(found == translated(satp, gva, &expected) && (!found || gpa == expected),
                    "as the specification says");
    }
}

/* Up to so many bytes, across an end of a page or not: each page more is the same once more.
 * Without paging, for how an address is translated is of no interest here. */
#define BYTES_MAX 40

PROVE(page_walk_read, 3, FULL)
{
    static unsigned char to[BYTES_MAX + 1];
    struct guest_mem mem = {0};
    uint64_t gva = prove_u64("gva");
    uint64_t len = prove_below("len", BYTES_MAX + 1), any = prove_below("any byte", BYTES_MAX + 1);
    bool done;

    copies = true;
    memset(page, 1, sizeof(page));
    done = page_walk_read(&mem, 0, gva, to, len);
    prove_check(to[any] == 0 || any < len, "no more than `len` bytes are written");
    prove_check(!done || any >= len || to[any] == 1, "all of them are, if all are mapped");
}

static const struct guest_mem *ram;

static bool
is_in_ram(uint64_t gpa, uint64_t len)
{
    return gpa >= ram->base && gpa - ram->base <= ram->size && len <= ram->size - (gpa - ram->base);
}

static bool
take(void *context, uint64_t gva, uint64_t gpa, uint64_t len)
{
    (void)context, (void)gva;
    prove_check(is_in_ram(gpa, len) && len > 0, "an area that is told of is in RAM");
    return prove_bool("go on");
}

/* A page that is found, after any area in RAM. Numbers of 20 bits: the code adds and compares, and
 * no sum of addresses of 56 bits comes near to 2^64, either. */
#define NUMBERS ((uint64_t)1 << 20)
PROVE(page_walk_area, 1, FULL)
{
    struct guest_mem mem = {.base = prove_below("RAM's address", NUMBERS),
                            .size = prove_below("RAM's size", NUMBERS)};
    struct area area = {.gva = prove_u64("area.gva"),
                        .gpa = prove_below("area.gpa", NUMBERS),
                        .len = prove_below("area.len", NUMBERS)};
    uint64_t gva = prove_u64("gva"), gpa = prove_below("gpa", NUMBERS);
    uint64_t len = prove_below("len", NUMBERS);

    ram = &mem;
    prove_assume(area.len == 0 || is_in_ram(area.gpa, area.len));
    area_add(&area, &mem, gva, gpa, len, take, NULL);
    prove_check(area.len == 0 || is_in_ram(area.gpa, area.len), "the area is in RAM");
}

/* Translation through the guest's page tables: Sv39, Sv48 and Sv57 with pages of every size, and
 * every way in which a table can make no sense (Privileged 1.12 §4.3.2, §4.4 to §4.6). */
#include "tests/unit/unit.h"

#include <string.h>

#include "common/riscv.h"
#include "vmm/guest/page_walk.h"

#define BASE 0x80000000
#define SIZE 0x100000
#define END  (BASE + SIZE)

#define PTE_TABLE PTE_V
#define PTE_DATA  (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)

static struct guest_mem mem;
static uint64_t next_page; /* of RAM, for tables and pages */
static uint64_t root;

static const struct {
    uint64_t mode;
    int levels;
} paging[] = {{SATP_MODE_SV39, 3}, {SATP_MODE_SV48, 4}, {SATP_MODE_SV57, 5}};

static uint64_t
page_new(void)
{
    uint64_t page = next_page;

    next_page += PAGE_SIZE;
    assert_true(next_page <= END);
    return page;
}

static int
begin(void **state)
{
    (void)state;
    if (guest_mem_create(&mem, BASE, SIZE))
        return -1;
    next_page = BASE;
    root = page_new();
    return 0;
}

static int
end(void **state)
{
    (void)state;
    guest_mem_destroy(&mem);
    return 0;
}

static uint64_t
satp_of(uint64_t mode)
{
    uint64_t asid = (uint64_t)0xffff << 44; /* says nothing about the translation */

    return mode << SATP_MODE_SHIFT | asid | root >> PAGE_SHIFT;
}

static uint64_t
pte_of(uint64_t gpa, uint64_t flags)
{
    return gpa >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

/* The entry for `gva` in the table of `level`; makes the tables above it. */
static uint64_t *
slot_of(int levels, uint64_t gva, int level)
{
    uint64_t table = root;

    for (int l = levels - 1;; l--) {
        uint64_t *slot = guest_mem_slice(&mem, table, PAGE_SIZE);

        assert_non_null(slot);
        slot += gva >> (PAGE_SHIFT + 9 * l) & 511;
        if (l == level)
            return slot;
        if (!*slot)
            *slot = pte_of(page_new(), PTE_TABLE);
        table = *slot >> PTE_PPN_SHIFT << PAGE_SHIFT;
    }
}

/* Maps a page of `level` (0: 4 KiB, 1: 2 MiB, 2: 1 GiB...). */
static void
map(int levels, uint64_t gva, uint64_t gpa, int level, uint64_t flags)
{
    *slot_of(levels, gva, level) = pte_of(gpa, flags);
}

static void
translates(uint64_t satp, uint64_t gva, uint64_t want)
{
    uint64_t gpa = 1;
    int good = page_walk(&mem, satp, gva, &gpa);

    expect(good && gpa == want, "satp 0x%lx: 0x%lx is at 0x%lx, want 0x%lx", satp, gva,
           good ? gpa : 0, want);
}

static void
refused(uint64_t satp, uint64_t gva)
{
    uint64_t gpa = 0;

    expect(!page_walk(&mem, satp, gva, &gpa), "satp 0x%lx: 0x%lx is translated, to 0x%lx", satp,
           gva, gpa);
}

static void
bare_addresses_are_physical(void **state)
{
    (void)state;
    translates(0, 0, 0);
    translates(0, BASE + 123, BASE + 123);
    translates(0, UINT64_MAX, UINT64_MAX);
}

static void
pages_of_every_size_are_found(void **state)
{
    const uint64_t gva = 0x3fedcba000;

    (void)state;
    for (size_t p = 0; p < COUNT_OF(paging); p++) {
        uint64_t satp = satp_of(paging[p].mode);

        for (int level = 0; level < paging[p].levels; level++) {
            uint64_t size = (uint64_t)PAGE_SIZE << (9 * level);
            uint64_t first = gva & ~(size - 1);
            uint64_t gpa = size * 5;

            memset(guest_mem_slice(&mem, BASE, SIZE), 0, SIZE);
            next_page = root + PAGE_SIZE;
            map(paging[p].levels, gva, gpa, level, PTE_DATA);
            translates(satp, first, gpa);
            translates(satp, first + 0x123 % size, gpa + 0x123);
            translates(satp, first + size / 2 + 8, gpa + size / 2 + 8);
            translates(satp, first + size - 1, gpa + size - 1);
            if (level < paging[p].levels - 1) {
                refused(satp, first + size);
                refused(satp, first - 1);
            }
        }
    }
}

static void
four_kib_two_mib_and_one_gib_share_a_tree(void **state)
{
    const uint64_t satp = satp_of(SATP_MODE_SV39);

    (void)state;
    map(3, 0x40000000, 0xc0000000, 2, PTE_DATA);
    map(3, 0x80200000, 0x80400000, 1, PTE_DATA);
    map(3, 0x80400000, 0x80012000, 0, PTE_DATA);
    map(3, 0x80401000, 0x80007000, 0, PTE_DATA);
    translates(satp, 0x7fffffff, 0xffffffff);
    translates(satp, 0x803fffff, 0x805fffff);
    translates(satp, 0x80400fff, 0x80012fff);
    translates(satp, 0x80401000, 0x80007000);
    refused(satp, 0x80402000);
    refused(satp, 0x801fffff);
}

static void
a_page_number_has_44_bits(void **state)
{
    (void)state;
    map(3, 0x1000, 0x00fffffffffff000, 0, PTE_DATA);
    translates(satp_of(SATP_MODE_SV39), 0x1abc, 0x00fffffffffffabc);
}

static void
any_readable_or_executable_entry_is_a_page(void **state)
{
    static const uint64_t leaf[] = {
        PTE_R, PTE_X, PTE_R | PTE_W, PTE_R | PTE_X, PTE_R | PTE_W | PTE_X, PTE_R | PTE_U | PTE_G};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(leaf); i++) {
        map(3, 0x200000, 0x80000000, 1, PTE_V | leaf[i]);
        translates(satp_of(SATP_MODE_SV39), 0x200345, 0x80000345);
    }
}

static void
non_canonical_addresses_are_refused(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT_OF(paging); p++) {
        uint64_t satp = satp_of(paging[p].mode);
        unsigned bits = (unsigned)(PAGE_SHIFT + 9 * paging[p].levels);
        uint64_t half = (uint64_t)1 << (bits - 1);

        memset(guest_mem_slice(&mem, BASE, SIZE), 0, SIZE);
        next_page = root + PAGE_SIZE;
        /* The last page of the lower half, the first and the last of the upper one. */
        map(paging[p].levels, half - PAGE_SIZE, 0x80001000, 0, PTE_DATA);
        map(paging[p].levels, 0 - half, 0x80002000, 0, PTE_DATA);
        map(paging[p].levels, 0 - (uint64_t)PAGE_SIZE, 0x80003000, 0, PTE_DATA);
        translates(satp, half - 1, 0x80001fff);
        translates(satp, 0 - half, 0x80002000);
        translates(satp, UINT64_MAX, 0x80003fff);
        refused(satp, half); /* would be the same as -half */
        refused(satp, 2 * half - 1);
        for (unsigned bit = bits; bit < 64; bit++) {
            refused(satp, (half - 1) ^ (uint64_t)1 << bit);
            refused(satp, UINT64_MAX ^ (uint64_t)1 << bit);
        }
    }
}

static void
entries_that_are_not_valid_are_refused(void **state)
{
    (void)state;
    refused(satp_of(SATP_MODE_SV39), 0); /* the tables are empty */
    for (int level = 0; level < 3; level++) {
        *slot_of(3, 0x1000, level) = pte_of(0xc0000000, PTE_DATA & ~PTE_V);
        refused(satp_of(SATP_MODE_SV39), 0x1000);
        *slot_of(3, 0x1000, level) = 0;
    }
}

/* §4.3.2, step 3. */
static void
writable_but_not_readable_entries_are_refused(void **state)
{
    const uint64_t satp = satp_of(SATP_MODE_SV39);
    uint64_t *slot;

    (void)state;
    map(3, 0x1000, 0x80001000, 0, PTE_DATA);
    translates(satp, 0x1000, 0x80001000);
    slot = slot_of(3, 0x1000, 0);
    *slot = pte_of(0x80001000, PTE_V | PTE_W);
    refused(satp, 0x1000);
    *slot = pte_of(0x80001000, PTE_V | PTE_W | PTE_X);
    refused(satp, 0x1000);
    /* Nor is such an entry a table, even if it leads to a good one. */
    *slot = pte_of(0x80001000, PTE_DATA);
    *slot_of(3, 0x1000, 1) |= PTE_W;
    refused(satp, 0x1000);
}

static void
misaligned_superpages_are_refused(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT_OF(paging); p++) {
        for (int level = 1; level < paging[p].levels; level++) {
            uint64_t size = (uint64_t)PAGE_SIZE << (9 * level);

            memset(guest_mem_slice(&mem, BASE, SIZE), 0, SIZE);
            next_page = root + PAGE_SIZE;
            map(paging[p].levels, 0, size + PAGE_SIZE, level, PTE_DATA);
            refused(satp_of(paging[p].mode), 0);
            map(paging[p].levels, 0, size + size / 2, level, PTE_DATA);
            refused(satp_of(paging[p].mode), 0);
            map(paging[p].levels, 0, size, level, PTE_DATA);
            translates(satp_of(paging[p].mode), 0, size);
        }
    }
}

static void
tables_outside_ram_are_refused(void **state)
{
    static const uint64_t outside[] = {0, BASE - PAGE_SIZE, END, 0x00fffffffffff000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        uint64_t good = root;

        for (int level = 1; level < 3; level++) {
            uint64_t *slot = slot_of(3, UINT64_MAX, level);

            *slot = pte_of(outside[i], PTE_TABLE);
            refused(satp_of(SATP_MODE_SV39), UINT64_MAX);
            refused(satp_of(SATP_MODE_SV39), 0 - (uint64_t)PAGE_SIZE);
            *slot = 0;
        }
        root = outside[i];
        refused(satp_of(SATP_MODE_SV39), 0);
        refused(satp_of(SATP_MODE_SV39), UINT64_MAX);
        root = good;
    }
}

static void
tables_without_a_page_at_any_level_are_refused(void **state)
{
    (void)state;
    map(3, 0x1000, page_new(), 0, PTE_TABLE);
    refused(satp_of(SATP_MODE_SV39), 0x1000);
    /* A table that is its own child would go on for ever. */
    *slot_of(3, 0, 2) = pte_of(root, PTE_TABLE);
    for (size_t p = 0; p < COUNT_OF(paging); p++)
        refused(satp_of(paging[p].mode), 0);
}

static void
reserved_modes_are_refused(void **state)
{
    (void)state;
    map(3, 0, 0x80001000, 2, PTE_DATA);
    for (uint64_t mode = 1; mode < 16; mode++)
        if (mode < SATP_MODE_SV39 || mode > SATP_MODE_SV57)
            refused(satp_of(mode), 0);
}

static void
reading_crosses_to_a_page_elsewhere(void **state)
{
    const uint64_t satp = satp_of(SATP_MODE_SV39);
    const uint64_t low = page_new(), between = page_new(), high = page_new();
    char got[PAGE_SIZE + 8];

    (void)state;
    memset(guest_mem_slice(&mem, low, PAGE_SIZE), 'l', PAGE_SIZE);
    memset(guest_mem_slice(&mem, between, PAGE_SIZE), 'b', PAGE_SIZE);
    memset(guest_mem_slice(&mem, high, PAGE_SIZE), 'h', PAGE_SIZE);
    map(3, 0x10000, high, 0, PTE_DATA);
    map(3, 0x11000, low, 0, PTE_DATA);
    map(3, 0x12000, high, 0, PTE_DATA);

    assert_true(page_walk_read(&mem, satp, 0x10ffd, got, 5));
    assert_memory_equal(got, "hhhll", 5);
    assert_true(page_walk_read(&mem, satp, 0x10ffc, got, sizeof(got)));
    assert_memory_equal(got, "hhhhl", 5);
    assert_memory_equal(got + sizeof(got) - 5, "lhhhh", 5);
    /* Up to the very end of a page, which needs no next one. */
    assert_true(page_walk_read(&mem, satp, 0x12ffe, got, 2));
    assert_memory_equal(got, "hh", 2);
}

static void
reading_what_is_not_mapped_to_ram_is_refused(void **state)
{
    const uint64_t satp = satp_of(SATP_MODE_SV39);
    char got[16];

    (void)state;
    map(3, 0x10000, page_new(), 0, PTE_DATA);
    map(3, 0x12000, BASE - PAGE_SIZE, 0, PTE_DATA);
    map(3, 0x13000, page_new(), 0, PTE_DATA);
    assert_true(page_walk_read(&mem, satp, 0x10ff8, got, 8));
    assert_false(page_walk_read(&mem, satp, 0x10ff8, got, 9));
    assert_false(page_walk_read(&mem, satp, 0x12ff8, got, 8));
    assert_false(page_walk_read(&mem, satp, 0x12ff8, got, 16));
    assert_true(page_walk_read(&mem, satp, 0x13000, got, 16));
    assert_false(page_walk_read(&mem, 0, END - 8, got, 9));
    assert_false(page_walk_read(&mem, 0, UINT64_MAX, got, 2));
    assert_true(page_walk_read(&mem, 0, END - 8, got, 8));
}

static void
reading_nothing_always_succeeds(void **state)
{
    char got = 'x';

    (void)state;
    assert_true(page_walk_read(&mem, satp_of(SATP_MODE_SV39), 0, &got, 0));
    assert_int_equal(got, 'x');
}

/* What page_walk_all() finds. */
static struct found {
    unsigned count, max; /* areas; it is ended at `max` */
    struct {
        uint64_t gva, gpa, len;
    } area[8];
} found;

static bool
find(void *context, uint64_t gva, uint64_t gpa, uint64_t len)
{
    struct found *to = context;

    if (to->count < COUNT_OF(to->area)) {
        to->area[to->count].gva = gva;
        to->area[to->count].gpa = gpa;
        to->area[to->count].len = len;
    }
    return ++to->count < to->max;
}

static bool
find_all(uint64_t satp, unsigned max)
{
    found = (struct found){.max = max};
    return page_walk_all(&mem, satp, find, &found);
}

static void
found_is(unsigned n, uint64_t gva, uint64_t gpa, uint64_t len)
{
    expect(n < found.count && found.area[n].gva == gva && found.area[n].gpa == gpa &&
               found.area[n].len == len,
           "area %u of %u: 0x%lx is at 0x%lx, 0x%lx bytes; want 0x%lx, 0x%lx, 0x%lx", n,
           found.count, found.area[n].gva, found.area[n].gpa, found.area[n].len, gva, gpa, len);
}

static void
all_areas_are_found_in_order(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT_OF(paging); p++) {
        const int levels = paging[p].levels;
        const uint64_t half = (uint64_t)1 << (PAGE_SHIFT + 9 * levels - 1);
        const uint64_t a = BASE + 0xf0000, b = a + PAGE_SIZE, napot = BASE + 0xe0000;

        memset(guest_mem_slice(&mem, root, PAGE_SIZE), 0, PAGE_SIZE);
        map(levels, 0, b, 0, PTE_DATA);
        map(levels, 0x1000, a, 0, PTE_DATA);                /* beside the first, but not in RAM */
        map(levels, 0x2000, b, 0, PTE_DATA);                /* both */
        map(levels, 0x3000, BASE - PAGE_SIZE, 0, PTE_DATA); /* no RAM */
        for (unsigned page = 0; page < 16; page++)          /* Svnapot: the same entry 16 times */
            map(levels, 0x10000 + page * PAGE_SIZE, napot + 0x8000, 0, PTE_DATA | 1UL << 63);
        map(levels, half - PAGE_SIZE, a, 0, PTE_DATA);
        map(levels, -half, b, 0, PTE_DATA); /* not beside it: no address is between the halves */
        map(levels, -(uint64_t)0x40000000, BASE, 2, PTE_DATA); /* 1 GiB, and 1 MiB of it is RAM */
        if (levels > 3)                                        /* 512 GiB, in whose midst RAM is */
            map(levels, -(uint64_t)0x10000000000, 0, 3, PTE_DATA);
        assert_true(find_all(satp_of(paging[p].mode), 100));
        found_is(0, 0, b, PAGE_SIZE);
        found_is(1, 0x1000, a, 2 * PAGE_SIZE);
        found_is(2, 0x10000, napot, 0x10000);
        found_is(3, half - PAGE_SIZE, a, PAGE_SIZE);
        found_is(4, -half, b, PAGE_SIZE);
        if (levels > 3)
            found_is(5, -(uint64_t)0x10000000000 + BASE, BASE, SIZE);
        found_is(levels > 3 ? 6 : 5, -(uint64_t)0x40000000, BASE, SIZE);
        assert_int_equal(found.count, levels > 3 ? 7 : 6);
    }
}

static void
all_of_ram_is_found_without_paging(void **state)
{
    (void)state;
    assert_true(find_all(0, 100));
    found_is(0, BASE, BASE, SIZE);
    assert_int_equal(found.count, 1);
    assert_true(find_all(7UL << SATP_MODE_SHIFT, 100)); /* a mode that is none */
    assert_int_equal(found.count, 0);
}

static void
finding_all_has_an_end(void **state)
{
    (void)state;
    map(3, 0, BASE, 0, PTE_DATA);
    map(3, 0x2000, BASE, 0, PTE_DATA);
    assert_false(find_all(satp_of(SATP_MODE_SV39), 2));
    assert_int_equal(found.count, 2);
    /* All entries lead back to the table itself: 512^5 of them. */
    for (unsigned i = 0; i < 512; i++)
        ((uint64_t *)guest_mem_slice(&mem, root, PAGE_SIZE))[i] = pte_of(root, PTE_TABLE);
    assert_false(find_all(satp_of(SATP_MODE_SV57), 2));
    assert_int_equal(found.count, 0);
    /* But the first, which leads to a page: what was found before the end is told. */
    ((uint64_t *)guest_mem_slice(&mem, root, PAGE_SIZE))[0] = 0;
    map(5, 0, BASE, 0, PTE_DATA);
    assert_false(find_all(satp_of(SATP_MODE_SV57), 2));
    found_is(0, 0, BASE, PAGE_SIZE);
    assert_int_equal(found.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bare_addresses_are_physical),
        TEST(pages_of_every_size_are_found),
        TEST(four_kib_two_mib_and_one_gib_share_a_tree),
        TEST(a_page_number_has_44_bits),
        TEST(any_readable_or_executable_entry_is_a_page),
        TEST(non_canonical_addresses_are_refused),
        TEST(entries_that_are_not_valid_are_refused),
        TEST(writable_but_not_readable_entries_are_refused),
        TEST(misaligned_superpages_are_refused),
        TEST(tables_outside_ram_are_refused),
        TEST(tables_without_a_page_at_any_level_are_refused),
        TEST(reserved_modes_are_refused),
        TEST(reading_crosses_to_a_page_elsewhere),
        TEST(reading_what_is_not_mapped_to_ram_is_refused),
        TEST(reading_nothing_always_succeeds),
        TEST(all_areas_are_found_in_order),
        TEST(all_of_ram_is_found_without_paging),
        TEST(finding_all_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The guest's RAM, and the only way from a guest physical address to a pointer: what is RAM gives
 * one, what is not, not by a byte. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vmm/guest/guest_mem.h"

#define BASE 0x80000000
#define SIZE 0x10000
#define END  (BASE + SIZE)

static struct guest_mem mem;

static int
ram_create(void **state)
{
    (void)state;
    return guest_mem_create(&mem, BASE, SIZE);
}

static int
ram_destroy(void **state)
{
    (void)state;
    guest_mem_destroy(&mem);
    return mem.hva ? -1 : 0;
}

static void
inside(uint64_t gpa, uint64_t len)
{
    assert_ptr_equal(guest_mem_slice(&mem, gpa, len), mem.hva + (gpa - BASE));
}

static void
outside(uint64_t gpa, uint64_t len)
{
    assert_null(guest_mem_slice(&mem, gpa, len));
}

static void
ram_begins_zeroed_and_can_be_written(void **state)
{
    unsigned char *ram = guest_mem_slice(&mem, BASE, SIZE);

    (void)state;
    for (unsigned i = 0; i < SIZE; i++)
        assert_int_equal(ram[i], 0);
    ram[0] = 1;
    ram[SIZE - 1] = 2;
    assert_int_equal(*(unsigned char *)guest_mem_slice(&mem, BASE, 1), 1);
    assert_int_equal(*(unsigned char *)guest_mem_slice(&mem, END - 1, 1), 2);
}

static void
each_byte_is_inside_and_the_next_one_is_not(void **state)
{
    (void)state;
    inside(BASE, 1);
    inside(END - 1, 1);
    outside(END, 1);
    outside(BASE - 1, 1);
    outside(0, 1);
    outside(UINT64_MAX, 1);
}

static void
all_of_it_is_inside_and_one_byte_more_is_not(void **state)
{
    (void)state;
    inside(BASE, SIZE);
    outside(BASE, SIZE + 1);
    outside(BASE - 1, SIZE);
    outside(BASE - 1, SIZE + 2);
    outside(BASE + 1, SIZE);
    inside(BASE + 1, SIZE - 1);
}

static void
a_slice_that_straddles_an_edge_is_outside(void **state)
{
    (void)state;
    outside(BASE - 1, 2);
    outside(END - 1, 2);
    outside(END - 8, 9);
    inside(END - 8, 8);
}

static void
nothing_is_inside_up_to_the_end(void **state)
{
    (void)state;
    inside(BASE, 0);
    inside(BASE + 1, 0);
    inside(END, 0);
    outside(END + 1, 0);
    outside(BASE - 1, 0);
}

static void
huge_lengths_are_outside(void **state)
{
    (void)state;
    for (unsigned bit = 17; bit < 64; bit++) {
        outside(BASE, (uint64_t)1 << bit);
        outside(END, (uint64_t)1 << bit);
    }
    outside(BASE, UINT64_MAX);
    outside(BASE + 1, UINT64_MAX);
    outside(END - 1, UINT64_MAX);
    outside(END, UINT64_MAX);
}

static void
lengths_that_wrap_around_are_outside(void **state)
{
    (void)state;
    outside(BASE + 1, 0 - (uint64_t)BASE - 1); /* ends at 2^64 */
    outside(BASE + 16, UINT64_MAX - 15);       /* ends at BASE */
    outside(BASE + 16, UINT64_MAX - 7);        /* ends inside */
    outside(UINT64_MAX, BASE + 2);
    outside(BASE - 1, UINT64_MAX);
}

/* As if the first half were in pages of 2 MiB, which are kept and cleared. */
static void
what_is_released_reads_as_zeroes(void **state)
{
    unsigned char *ram = guest_mem_slice(&mem, BASE, SIZE);
    const uint64_t begin = SIZE / 2 - 0x2000, end = SIZE / 2 + 0x3000;

    (void)state;
    for (mem.huge = 0; mem.huge <= SIZE; mem.huge += SIZE / 2) {
        memset(ram, 0x55, SIZE);
        assert_int_equal(guest_mem_release(&mem, ram + begin, end - begin), 0);
        for (uint64_t i = 0; i < SIZE; i++)
            expect(ram[i] == (i >= begin && i < end ? 0 : 0x55), "0x%lx: 0x%x", i, ram[i]);
    }
    mem.huge = 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_begins_zeroed_and_can_be_written),
        cmocka_unit_test(each_byte_is_inside_and_the_next_one_is_not),
        cmocka_unit_test(all_of_it_is_inside_and_one_byte_more_is_not),
        cmocka_unit_test(a_slice_that_straddles_an_edge_is_outside),
        cmocka_unit_test(nothing_is_inside_up_to_the_end),
        cmocka_unit_test(huge_lengths_are_outside),
        cmocka_unit_test(lengths_that_wrap_around_are_outside),
        cmocka_unit_test(what_is_released_reads_as_zeroes),
    };

    return cmocka_run_group_tests(tests, ram_create, ram_destroy);
}

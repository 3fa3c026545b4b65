/*
 * Sets of ranges of memory: any ranges are added and removed.
 *
 * Bounds: 2 ranges are added, and one is removed; a further one is the same once more.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>

#include "common/riscv.h"
#include "toyos/kernel/mm/ranges.h"

/* with: toyos/kernel/mm/ranges.c */

static struct ranges set;

/* More pieces than there is room for: the kernel ends. */
void
panic(const char *format, ...)
{
    (void)format;
    prove_check(false, "there is room for few pieces");
    abort();
}

/* As in memory: addresses end below 1 << 63. */
static struct range
any_range(void)
{
    struct range range = {prove_u64("start"), prove_u64("end")};

    prove_assume(range.start <= INT64_MAX && range.end <= INT64_MAX);
    return range;
}

static bool
has(const struct range *range, uint64_t at)
{
    return at >= range->start && at < range->end;
}

/* The range without the parts of pages at its ends. */
static bool
has_page_of(const struct range *range, uint64_t at)
{
    uint64_t page = at - at % PAGE_SIZE;

    return page >= range->start && page + PAGE_SIZE <= range->end;
}

PROVE(ranges, 5, FULL)
{
    uint64_t at = prove_below("any byte", (uint64_t)1 << 63), page = at - at % PAGE_SIZE;
    struct range one = any_range(), two = any_range(), hole = any_range();
    bool is_in = false, is_wanted = has_page_of(&one, at) || has_page_of(&two, at);

    prove_assume(hole.start < hole.end);
    ranges_add(&set, one);
    ranges_add(&set, two);
    ranges_remove(&set, hole);
    if (page < hole.end && hole.start < page + PAGE_SIZE)
        is_wanted = false;
    prove_check(set.count <= 4, "each range is at most two pieces now");
    for (unsigned i = 0; i < 4; i++) {
        const struct range *piece = &set.range[i];

        if (i >= set.count)
            continue;
        prove_check(piece->start < piece->end && piece->start % PAGE_SIZE == 0 &&
                        piece->end % PAGE_SIZE == 0,
                    "whole pages");
        is_in = is_in || has(piece, at);
    }
    prove_check(is_in == is_wanted, "a byte is in it as was said, by its page");
}

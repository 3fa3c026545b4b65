/* Sets of ranges of physical addresses: adding a range, and cutting pieces out. */
#include "toyos/kernel/mm/ranges.h"

#include "common/riscv.h"
#include "toyos/kernel/base/panic.h"

void
ranges_add(struct ranges *ranges, struct range range)
{
    uint64_t start = (range.start + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
    uint64_t end = range.end & -(uint64_t)PAGE_SIZE;

    if (start >= end)
        return;
    if (ranges->count == RANGES_MAX)
        panic("more than %d pieces of memory", RANGES_MAX);
    ranges->range[ranges->count++] = (struct range){start, end};
}

void
ranges_remove(struct ranges *ranges, struct range range)
{
    struct ranges old = *ranges;
    uint64_t start = range.start & -(uint64_t)PAGE_SIZE;
    uint64_t end = (range.end + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;

    if (start >= end)
        return;
    ranges->count = 0;
    for (unsigned i = 0; i < old.count; i++) {
        struct range r = old.range[i];
        ranges_add(ranges, (struct range){r.start, r.end < start ? r.end : start});
        ranges_add(ranges, (struct range){r.start > end ? r.start : end, r.end});
    }
}

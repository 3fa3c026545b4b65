/* A small set of ranges of physical addresses. */
#ifndef TOYOS_RANGES_H
#define TOYOS_RANGES_H

#include <stdint.h>

struct range {
    uint64_t start, end; /* the first byte, and the one after the last */
};

#define RANGES_MAX 32

struct ranges {
    struct range range[RANGES_MAX];
    unsigned count;
};

/* Both work on whole pages: a range that is added shrinks to them, one that is removed grows to
 * them. More than RANGES_MAX pieces are a panic. */
void ranges_add(struct ranges *ranges, struct range range);
void ranges_remove(struct ranges *ranges, struct range range);

#endif

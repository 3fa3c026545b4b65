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

/* Whole pages only: what is added shrinks to them, what is removed grows to them. */
void ranges_add(struct ranges *ranges, struct range range);
void ranges_remove(struct ranges *ranges, struct range range);

#endif

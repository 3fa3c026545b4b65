/* The page allocator: pages of RAM, by their address in the linear map. */
#ifndef TOYOS_PAGE_H
#define TOYOS_PAGE_H

#include <stdint.h>

#include "toyos/kernel/ranges.h"

/* Give it the RAM that it may hand out. */
void page_init(const struct ranges *ram);

/* A page of zeros, or NULL when there is none. */
void *page_alloc(void);
void page_free(void *page);

/* How many pages page_alloc could hand out now: exact. */
uint64_t page_count_free(void);

#endif

/*
 * The page allocator: pages of RAM, by their address in the linear map. A page has a count of
 * references: 1 when it is handed out, one more for each page_share; it is free again when
 * page_free has been called as often.
 */
#ifndef TOYOS_PAGE_H
#define TOYOS_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/mm/ranges.h"

/* Give it the RAM that it may hand out; it keeps some for its own books. */
void page_init(const struct ranges *ram);

/* A page, of zeros or of anything; NULL when there is none. */
void *page_alloc(void);
void *page_alloc_raw(void);

void page_share(void *page);
void page_free(void *page);

/* Whether only the caller has a reference. It stays so until the caller gives one away. */
bool page_is_sole(const void *page);

/* How many pages page_alloc could hand out now, and at boot: exact. */
uint64_t page_count_free(void);
uint64_t page_count_all(void);

#endif

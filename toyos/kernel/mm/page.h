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

/* At boot: gives the allocator its RAM, of which it keeps some for its books. */
void page_init(const struct ranges *ram);

/* A page of zeros, and a page whose contents are anything. NULL: no page is free. */
void *page_alloc(void);
void *page_alloc_raw(void);

/* One more reference, and one less. What is no page, or is free already, is a panic. */
void page_share(void *page);
void page_free(void *page);

/* Whether only the caller has a reference. It stays so until the caller gives one away. */
bool page_is_sole(const void *page);

/* How many pages page_alloc could hand out now, and at boot; both are exact. */
uint64_t page_count_free(void);
uint64_t page_count_all(void);

#endif

/* The host's free memory, in pages. */
#ifndef HV_PAGE_H
#define HV_PAGE_H

#include <stdint.h>

/* Once, after host_read(). */
void page_init(void);

/* How many pages there were at the beginning. */
uint64_t page_count(void);

/* A page of zeroes. Ends the machine if there is none: the guest was promised less than there is.
 */
void *page_alloc(void);

/* Four pages of zeroes beside each other, at a multiple of 16 KiB; these are never freed. */
void *page_alloc_root(void);

void page_free(void *page);

#endif

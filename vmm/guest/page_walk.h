/* Guest virtual to guest physical addresses, through the guest's own page tables. */
#ifndef DUET_VMM_PAGE_WALK_H
#define DUET_VMM_PAGE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/guest/guest_mem.h"

/* Translates `gva` as supervisor code would with this satp: Bare, Sv39, Sv48 or Sv57 (Privileged
 * 1.12 §4.3 to §4.6). False if it is not mapped or the tables make no sense. */
bool page_walk(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa);

/* Called for an entry on the way: `level` is that of its table, 0 for the last one; `pte_gpa` is
 * the guest physical address of the entry. */
typedef void page_walk_visit(void *context, int level, uint64_t pte_gpa, uint64_t pte);

/* The same, and calls `visit` for each entry. */
bool page_walk_each(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa,
                    page_walk_visit *visit, void *context);

/* Called for an area of addresses: `len` bytes from `gva` on are at `gpa` on. False ends it. */
typedef bool page_walk_area(void *context, uint64_t gva, uint64_t gpa, uint64_t len);

/* Finds all of RAM that these tables map, and has `take` called for each area, the lowest address
 * first; where paging is off, for RAM as it is. False if it was ended, or the tables, which the
 * guest wrote, have more than PAGE_WALK_STEPS_MAX entries: then the rest was left out. */
bool page_walk_all(const struct guest_mem *mem, uint64_t satp, page_walk_area *take, void *context);
#define PAGE_WALK_STEPS_MAX (1 << 22)

/* Copies `len` bytes at `gva`, across pages. False unless all are mapped to RAM. */
bool page_walk_read(const struct guest_mem *mem, uint64_t satp, uint64_t gva, void *to,
                    uint64_t len);

#endif

/*
 * The page at guest physical address 0 (abi/memory.h), on which a hart lands that traps while its
 * stvec is 0, as KVM starts it. It holds code that stores to the page itself: the page is read-only
 * to the guest, so the store comes out as MMIO, and the guest's death is reported.
 */
#ifndef DUET_VMM_TRAP_PAGE_H
#define DUET_VMM_TRAP_PAGE_H

#include <stdint.h>

#include "abi/memory.h"
#include "vmm/device/bus.h"

/* A page of duet's own file: no memory is taken for it, and nobody writes to it. */
extern const uint32_t trap_page[DUET_TRAP_PAGE_SIZE / sizeof(uint32_t)];

/* The page on the bus. */
extern const struct bus_range trap_page_range;

#endif

/* What the device tree says about the machine (Devicetree 0.4), read once at boot. */
#ifndef TOYOS_DEVTREE_H
#define TOYOS_DEVTREE_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/include/kernel/param.h"
#include "toyos/kernel/mm/ranges.h"

struct machine {
    struct ranges ram; /* without what the firmware keeps */
    struct range devtree;
    struct range initrd; /* start == end: none */
    uint64_t hart_id[NCPU];
    unsigned hart_count;
    uint64_t timebase_hz;
    bool has_sstc;        /* every hart has: timers without a call (Sstc) */
    const char *bootargs; /* in the tree; "" if there are none */
    bool has_duet;
    uint64_t test_device; /* physical address of QEMU's "sifive,test", 0: none */
};

/* Fills in `machine` from the tree at physical address `pa`. A tree that makes no sense is a panic.
 */
void devtree_read(struct machine *machine, uint64_t pa);

#endif

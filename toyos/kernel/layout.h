/*
 * Where things are in the kernel's address space. C, assembly and kernel.ld.
 *
 *   0 .. USER_TOP            the process: text at 0, data, guard page, one stack page, heap
 *   KVA_OFFSET + pa          all of RAM and the kernel itself: one addition either way
 *   KSTACK_BASE ..           kernel stacks, each above a hole as large as itself
 */
#ifndef TOYOS_LAYOUT_H
#define TOYOS_LAYOUT_H

#include "common/riscv.h"

/* 3: Sv39, 4: Sv48 (Privileged 1.12 §4.4, §4.5). All that depends on it follows. */
#define PAGETABLE_LEVELS    3
#define PAGETABLE_SATP_MODE (SATP_MODE_SV39 + PAGETABLE_LEVELS - 3)

#define KVA_OFFSET     (0xffffffffffffffff << (11 + 9 * PAGETABLE_LEVELS)) /* the upper half */
#define KSTACK_BASE    0xffffffffc0000000
#define KSTACK_SHIFT   14
#define KSTACK_SIZE    (1 << KSTACK_SHIFT)
#define KSTACK_STRIDE  (2 * KSTACK_SIZE)
#define USER_TOP       0x4000000000 /* 1 << 38: Sv39's lower half, also where there is more */
#define BOOT_GIGAPAGES 128          /* of RAM that the boot page table maps */

#endif

/*
 * Where things are in the kernel's address space (Sv39, Privileged 1.12 §4.4). C and assembly.
 *
 *   0 .. USER_TOP            the process: text at 0, data, guard page, one stack page, heap
 *   KVA_OFFSET + pa          all of RAM and the kernel itself: one addition either way
 *   KSTACK_BASE ..           kernel stacks, each above a hole as large as itself
 */
#ifndef TOYOS_LAYOUT_H
#define TOYOS_LAYOUT_H

#define KVA_OFFSET     0xffffffc000000000
#define KSTACK_BASE    0xffffffffc0000000
#define KSTACK_SHIFT   14
#define KSTACK_SIZE    (1 << KSTACK_SHIFT)
#define KSTACK_STRIDE  (2 * KSTACK_SIZE)
#define USER_TOP       0x4000000000 /* 1 << 38 */
#define HART_MAX       64           /* harts beyond are left alone */
#define BOOT_GIGAPAGES 128          /* of RAM that the boot page table maps */

#endif

/*
 * Where things are in the guest's physical address space. The device tree says the same to a guest
 * that asks it. C and assembly can both include this.
 */
#ifndef DUET_ABI_MEMORY_H
#define DUET_ABI_MEMORY_H

/* The doorbells (abi/queue.h): a word a device, which the guest stores to with one 4-byte store.
 * Nothing can be loaded from here. */
#define DUET_DOORBELL_BASE      0x70000000
#define DUET_DOORBELL_PAGE_SIZE 0x1000
#define DUET_DOORBELL_SIZE      4
#define DUET_DOORBELL(device)   (DUET_DOORBELL_BASE + DUET_DOORBELL_SIZE * (device))

/* RAM: as much as --memory says, from here up. QEMU's virt machine has its own here too. */
#define DUET_RAM_BASE 0x80000000

/* The address that a kernel is linked for. OpenSBI keeps the RAM below it for itself, so such a
 * kernel boots there, too. */
#define DUET_KERNEL_BASE 0x80200000

#endif

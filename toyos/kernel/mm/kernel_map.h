/* The kernel's half of every address space: layout.h says what is where. */
#ifndef TOYOS_KERNEL_MAP_H
#define TOYOS_KERNEL_MAP_H

#include <stdint.h>

#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/mm/ranges.h"

/* The kernel's own table. Its upper half is in every process's table too. NULL before
 * kernel_map_init. */
extern pte_t *kernel_map_root;

/* The kernel's image, as a range of physical addresses. */
struct range kernel_map_image(void);

/* Builds the kernel's table, of `ram` and the page of devices at physical address `device` (0:
 * there is none), and turns it on. For the boot hart. */
void kernel_map_init(const struct ranges *ram, uint64_t device);

/* Maps a new kernel stack above a hole as large as itself: its top. It is never given back. For the
 * boot hart; no memory is a panic. */
uint64_t kernel_map_stack(void);

#endif

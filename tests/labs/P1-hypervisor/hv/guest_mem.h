/* The guest's RAM, by guest physical address. What the host has for one page need not lie beside
 * what it has for the next. */
#ifndef HV_GUEST_MEM_H
#define HV_GUEST_MEM_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/memory.h"

/* Says how large RAM is, from DUET_RAM_BASE up: bytes, whole pages. */
void guest_mem_init(uint64_t size);
uint64_t guest_mem_size(void);

/* Whether all of these `len` bytes, any number, are in RAM; `len` 0 is in it everywhere. */
bool guest_mem_has(uint64_t gpa, uint64_t len);

/* Copy out of RAM and into it, where guest_mem_has() holds. */
void guest_mem_read(void *to, uint64_t gpa, uint64_t len);
void guest_mem_write(uint64_t gpa, const void *from, uint64_t len);

#endif

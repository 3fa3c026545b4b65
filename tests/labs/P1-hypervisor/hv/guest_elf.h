/* The guest's ELF file. */
#ifndef HV_GUEST_ELF_H
#define HV_GUEST_ELF_H

#include <stdint.h>

/* Copies the segments of the file at [start, end) of the host's memory into the guest's RAM; gives
 * the guest physical address of its entry point. Ends the machine if it is no guest. */
uint64_t guest_elf_load(uint64_t start, uint64_t end);

#endif

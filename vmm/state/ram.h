/* The guest's RAM, written to a file: pages that are all zeroes are left out. */
#ifndef DUET_VMM_RAM_H
#define DUET_VMM_RAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/guest/guest_mem.h"

/* Opens what tells pages that were never used from others. 0, or -1 after saying why. */
int ram_open(void);
void ram_close(void);

/* Writes RAM to the file, from `offset` on, which reads as zeroes there. 0, or -1 with errno set.
 */
int ram_write(const struct guest_mem *mem, int fd, off_t offset);

/* Writes all of the bytes. 0, or -1 with errno set. */
int ram_bytes_write(int fd, const void *bytes, size_t len, off_t offset);

#endif

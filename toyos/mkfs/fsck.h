/* Checking an image: everything that has to be so, and a line for each thing that is not. */
#ifndef TOYOS_FSCK_H
#define TOYOS_FSCK_H

#include <stdint.h>

/*
 * Check the file system in memory at `image`, of `size` bytes. The log is replayed there first:
 * that is the state that a mount would find. `report` gets each problem, a line without its end; it
 * may be NULL. Returns how many there are; whatever the image holds, it is read within its size.
 */
unsigned fsck_check(uint8_t *image, uint64_t size, void (*report)(void *context, const char *line),
                    void *context);

#endif

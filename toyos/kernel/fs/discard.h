/* Telling the disk which blocks are free, so that it need not keep what was in them: a sparse image
 * stays sparse. A hint: what a disk does not do, or a power cut prevents, harms nothing. */
#ifndef TOYOS_FS_DISCARD_H
#define TOYOS_FS_DISCARD_H

#include <stdbool.h>
#include <stdint.h>

struct block_device;

/* Mounted. All that is free is told with what becomes free first, for nobody knows what a power cut
 * has prevented. */
void discard_init(void);

/* Inside an operation, with the allocator's lock: this block has become free. */
void discard_note(uint32_t block);

/* Whether something has become free that is not told yet. */
bool discard_is_wanted(void);

/*
 * Tell what is free of what has been noted, and wait until the disk has done it. Only when no
 * operation runs, none is in the log, and the bitmap is where it belongs, for good: then a block
 * that is free was not freed by what a power cut could undo, and nobody can have taken it anew.
 */
void discard_run(struct block_device *disk);

#endif

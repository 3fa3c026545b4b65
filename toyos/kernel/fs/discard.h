/* Telling the disk which blocks are free, so that it need not keep what was in them: a sparse image
 * stays sparse. A hint: what a disk does not do, or a power cut prevents, harms nothing. */
#ifndef TOYOS_FS_DISCARD_H
#define TOYOS_FS_DISCARD_H

#include <stdbool.h>
#include <stdint.h>

struct block_device;

/* At mount. When the first block becomes free, all free blocks are discarded with it, because a
 * power cut may have prevented earlier discards. */
void discard_init(void);

/* This block has become free. Inside an operation, with the allocator's lock. */
void discard_note(uint32_t block);

/* Whether there are free blocks that have not been discarded. */
bool discard_is_wanted(void);

/*
 * Discards the noted blocks that are free, and waits until the disk has done it. The caller sees to
 * it that no operation runs, that none is in the log, and that the bitmap is where it belongs, for
 * good. So a power cut cannot undo what freed a block, and no operation can have taken it anew.
 */
void discard_run(struct block_device *disk);

#endif

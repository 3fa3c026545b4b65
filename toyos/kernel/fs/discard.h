/* Telling the disk which blocks are free, so that it need not keep what was in them: a sparse image
 * stays sparse. A hint: what a disk does not do, or a power cut prevents, harms nothing. */
#ifndef TOYOS_FS_DISCARD_H
#define TOYOS_FS_DISCARD_H

#include <stdbool.h>
#include <stdint.h>

struct block_device;

/* At mount. All free blocks will be told together with the first block that becomes free, for it is
 * not known what a power cut has prevented. */
void discard_init(void);

/* This block has become free. Inside an operation, with the allocator's lock. */
void discard_note(uint32_t block);

/* Whether there are free blocks that the disk has not been told of. */
bool discard_is_wanted(void);

/*
 * Tells the disk which of the noted blocks are free, and waits until it is done. Only when no
 * operation runs, none is in the log, and the bitmap is where it belongs, for good: then a power
 * cut cannot undo what freed a block, and no operation can have taken it anew.
 */
void discard_run(struct block_device *disk);

#endif

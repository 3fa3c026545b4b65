/*
 * The journal: operations on the file system that happen wholly or, after a power cut, not at all.
 *
 * An operation is what lies between journal_begin and journal_end. Many operations make one
 * transaction; it is committed after a second, when it is large, or when someone wants to be sure
 * (journal_commit). All changes go through it, those of file contents too: so there is one path to
 * the disk, and no rule about the order of data and metadata.
 *
 * While a transaction is being committed, new operations wait; readers do not. At that moment all
 * buffers are as they were committed, which is what makes the rest simple: they can be written to
 * where they belong without looking which transaction a change was from.
 */
#ifndef TOYOS_FS_JOURNAL_H
#define TOYOS_FS_JOURNAL_H

#include "toyos/kernel/fs/buf.h"

/* Blocks that an operation changes at the most, besides the block bitmap. */
#define JOURNAL_OP_BLOCKS 24

/* Start, on a log whose recovery gave `sequence` and `start`. 0; or -EINVAL, after a line in the
 * kernel's log, if the log or the buffer cache is too small for the disk. */
int journal_init(struct block_device *device, const struct fs_super *super, uint64_t sequence,
                 uint32_t start);

/*
 * An operation. Begin it before any inode is locked, and never inside another: the commit waits for
 * all operations, and what waits for the commit must not hold what an operation waits for.
 * 0; -EROFS on a read-only disk; or -EIO, after a write has failed: nothing is changed any more.
 */
int journal_begin(void);
void journal_end(void);

/* This operation is about to change the buffer, or has changed it. */
void journal_write(struct buf *buf);

/* This operation has freed the block: its contents need not be written any more. */
void journal_forget(uint32_t block);

/* Returns when all operations that ended before are on the disk for good: 0, or -EIO. */
int journal_commit(void);

/* The same, and leaves the log empty, so that the disk can be read without it. */
int journal_checkpoint(void);

/* The body of a thread: for ever, commits what is a second old, and tells the disk which blocks are
 * free. */
_Noreturn void journal_flusher(void);

/* Something on the disk makes no sense: logs that (printf), and stops all writing. Returns -EIO. */
int journal_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bring the disk to the state after the last committed transaction in the log. Where the next one
 * goes is in *sequence and *start. 0, or -EIO, after a line in the kernel's log. */
int journal_recover(struct block_device *device, const struct fs_super *super, uint64_t *sequence,
                    uint32_t *start);

/* Write block 1: the log begins at `start`. 0, or -EIO. */
int journal_write_header(struct block_device *device, uint64_t sequence, uint32_t start);

#endif

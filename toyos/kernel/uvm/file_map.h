/*
 * Pages of files that processes map. A private mapping gets copies. Of a file that is mapped shared
 * there is one page each for all who map it so; the inode has them, from the first mapping to the
 * last.
 *
 * Such a page is not the buffer cache's: a program may store to it at any time, and what the
 * journal writes must stand still. The two are kept the same otherwise: read and write look for
 * such pages, too, under the inode's lock. What programs have stored goes to the file with
 * file_map_sync, which compares, and writes what differs by the journal: at munmap, exit, msync and
 * fsync.
 */
#ifndef TOYOS_FILE_MAP_H
#define TOYOS_FILE_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct inode;

/* At boot: inodes tell of what is written to them from now on. */
void file_map_init(void);

/* An area that maps the file begins; with a reference to the inode. 0, -ENOMEM or -EIO. May sleep.
 */
int file_map_open(struct inode *inode, bool is_shared);

/* One more, besides one that there is. Does not sleep. */
void file_map_hold(struct inode *inode, bool is_shared);

/* An area ends: its pages are unmapped, and have been synced. May sleep. */
void file_map_close(struct inode *inode, bool is_shared);

/* The page at `offset`, with a reference: 0; -EFAULT: beyond the end of the file; -EAGAIN: nobody
 * maps it shared any more; -ENOMEM; -EIO. Sleeps. */
int file_map_page(struct inode *inode, uint64_t offset, bool is_shared, void **page);

/* The shared page at `offset`, with a reference, if there is one; else NULL. The inode is locked.
 */
void *file_map_find(struct inode *inode, uint64_t offset);

/* What was stored to shared pages of [start, end) goes to the file, as far as the file goes. Not
 * yet to the disk for good: that is journal_commit. 0 or -errno. Sleeps. */
int file_map_sync(struct inode *inode, uint64_t start, uint64_t end);

#endif

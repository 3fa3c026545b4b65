/*
 * Pages of files that processes map. A private mapping gets copies. All shared mappings of a file
 * have the same pages, which are the inode's from the first such mapping to the last.
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

/* At boot: from now on, what is written to a file is written to its shared pages as well. */
void file_map_init(void);

/* A mapping of the file begins: it has a reference to the inode. 0, -ENOMEM or -EIO. May sleep. */
int file_map_open(struct inode *inode, bool is_shared);

/* One mapping more of a file that is mapped so already. Does not sleep. */
void file_map_hold(struct inode *inode, bool is_shared);

/* A mapping ends, whose pages have been unmapped and written to the file. May sleep. */
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

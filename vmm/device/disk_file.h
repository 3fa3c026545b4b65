/* The disks' images: files or block devices of the host, locked for as long as they are open. */
#ifndef DUET_VMM_DISK_FILE_H
#define DUET_VMM_DISK_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "abi/hypercalls.h"

struct state_reader;
struct state_writer;

struct disk_file {
    const char *path;
    int fd;         /* -1: not open; bypasses the host's page cache if it can */
    int cached_fd;  /* the same file through the cache, for buffers that are not aligned */
    uint64_t bytes; /* a multiple of DUET_DISK_SECTOR, not 0 */
    bool read_only;
    bool is_saved; /* overwritten with what it was when the machine was saved (disk_copy.h) */
    struct timespec given_up; /* the image's last change when its lock was given up */
};

/* The images that --disk names, in the order of the options. */
extern struct disk_file disk_files[DUET_DISKS];
extern unsigned disk_file_count;

struct argp;
extern const struct argp disk_options; /* --disk */

/* Opens and locks the images. The lock of an image that is written excludes everyone else, that of
 * a read-only one excludes writers. 0, or -1 after saying why: a second duet that wants the same
 * image fails here. */
int disk_files_open(void);

/* Set before they are opened: another duet has them yet, and gives up the locks when its guest
 * comes here (state/migrate.h). disk_files_lock() them then: 0, or -1 after saying why. */
extern bool disk_files_are_awaited;
int disk_files_lock(void);

/* Gives up the locks, with nothing in flight; and takes them again. 0, or -1 after saying why:
 * another has an image, or has written to it. */
void disk_files_unlock(void);
int disk_files_lock_again(void);

/* Writes down what the image is now, in a snapshot; and checks that it is so still, before the
 * guest's first instruction: whoever writes to it changes the time of its last change, which this
 * waits for to be another one. 0, or -1 after saying why: a block device that is written to has no
 * such time.
 */
int disk_file_mark_save(const struct disk_file *file, struct state_writer *to);
int disk_file_mark_check(const struct disk_file *file, struct state_reader *from);

/* Closes those that are open, which releases their locks. */
void disk_files_close(void);

#endif

/*
 * Files of the host that a machine has: the images of its disks, and its flash memory. They are
 * locked for as long as they are open, are handed over when the machine moves, and have to be as
 * they were when it is restored.
 */
#ifndef DUET_VMM_IMAGE_FILE_H
#define DUET_VMM_IMAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "abi/hypercalls.h"

struct state_reader;
struct state_writer;

struct image_file {
    const char *option; /* in front of the file's name, for messages: "--disk=" */
    const char *path;   /* NULL: there is no such file */
    int fd;             /* -1: not open; of a disk: bypasses the host's page cache if it can */
    int cached_fd;      /* the same file through the cache, for buffers that are not aligned */
    uint64_t bytes;     /* of a disk a multiple of DUET_DISK_SECTOR, not 0 */
    bool read_only;
    bool is_saved; /* overwritten with what it was when the machine was saved (disk_copy.h) */
    struct timespec given_up; /* the file's last change when its lock was given up */
};

/* First the disks, in the order of the options. */
enum { IMAGE_FIRMWARE = DUET_DISKS, IMAGE_VARIABLES, IMAGE_FILES };
extern struct image_file image_files[IMAGE_FILES];

/* Set before they are opened: another duet has them yet, and gives up the locks when its guest
 * comes here (state/migrate.h). */
extern bool image_files_are_awaited;

/* Locks a file that was opened, unless all are awaited. The lock of a file that is written excludes
 * everyone else, that of a read-only one excludes writers. 0, or -1 after saying why: a second duet
 * that wants the same file fails here. */
int image_file_lock(const struct image_file *file);

/* Makes the file, which is open, what it was when the machine was saved, if it is to be that:
 * locked, for then nobody else has it. 0, or -1 after saying why. */
int image_file_restore(const struct image_file *file);

/* Takes the locks of files that were awaited. 0, or -1 after saying why. */
int image_files_lock(void);

/* Gives up the locks, with nothing in flight; and takes them again. 0, or -1 after saying why:
 * another has a file, or has written to it. */
void image_files_unlock(void);
int image_files_lock_again(void);

/* Writes down what the file is now, in a snapshot; and checks that it is so still, before the
 * guest's first instruction: whoever writes to it changes the time of its last change, which this
 * waits for to be another one. 0, or -1 after saying why: a block device that is written to has no
 * such time. */
int image_file_mark_save(const struct image_file *file, struct state_writer *to);
int image_file_mark_check(const struct image_file *file, struct state_reader *from);

/* Closes the file, if it is open, which releases its lock. */
void image_file_close(struct image_file *file);

#endif

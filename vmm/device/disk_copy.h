/*
 * Copies of the machine's files (image_file.h) in the file of a saved machine (state/snapshot.h),
 * behind the RAM: of each that is written to, in the order of image_files. Each begins on a page of
 * the file. What reads as zeroes because nothing was ever written there is a hole in the copy, too;
 * and where the host's file system can share blocks between files, nothing is copied.
 */
#ifndef DUET_VMM_DISK_COPY_H
#define DUET_VMM_DISK_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/riscv.h"
#include "vmm/device/image_file.h"

struct state_writer;

/* The copies in a file. */
struct disk_copies {
    unsigned count;               /* IMAGE_FILES; 0: the file has no copies */
    uint64_t bytes[IMAGE_FILES];  /* of each copy; 0: it has none of that: nothing, or read only */
    uint64_t offset[IMAGE_FILES]; /* in the file */
};

/* Puts down which copies the file has: the bytes of each. */
void disk_copies_put(struct state_writer *to);

/* Lays the copies out from this offset on, a multiple of the page size. Returns where they end. */
static inline uint64_t
disk_copies_place(struct disk_copies *copies, uint64_t offset)
{
    for (unsigned i = 0; i < copies->count; i++) {
        copies->offset[i] = offset;
        offset += (copies->bytes[i] + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    }
    return offset;
}

/* Writes copies of the open files, with nothing in flight to them, to the new file `fd`, from
 * `offset` on. 0, or -1 with errno set. */
int disk_copies_write(int fd, off_t offset);

/* The file that has the copies for those that are to be as they were (--disk=FILE,saved), before
 * they are opened. It and `copies` are used until the machine is restored. */
void disk_copies_offer(int fd, const struct disk_copies *copies);

/* Whether the offered file has a copy of this one. The check says why not: 0, or -1. */
bool disk_copy_is_there(const struct image_file *file);
int disk_copy_check(const struct image_file *file);

/* Makes the file, which is open and locked, what the copy of it is. 0, or -1 after saying why. */
int disk_copy_read(const struct image_file *file);

#endif

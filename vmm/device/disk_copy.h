/*
 * Copies of the disks' images in the file of a saved machine (state/snapshot.h), behind the RAM: of
 * each image that is written to, in the order of the disks. Each begins on a page of the file. What
 * reads as zeroes because nothing was ever written there is a hole in the copy, too; and where the
 * host's file system can share blocks between files, nothing is copied.
 */
#ifndef DUET_VMM_DISK_COPY_H
#define DUET_VMM_DISK_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/hypercalls.h"
#include "common/riscv.h"

struct state_writer;

/* The copies in a file. */
struct disk_copies {
    unsigned count;              /* of the machine's disks; 0: the file has no copies */
    uint64_t bytes[DUET_DISKS];  /* of each copy; 0: the disk is read only, and has none */
    uint64_t offset[DUET_DISKS]; /* in the file */
};

/* Puts down which copies the file has: how many disks, and the bytes of each copy. */
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

/* Writes copies of the open images, with nothing in flight to them, to the new file `fd`, from
 * `offset` on. 0, or -1 with errno set. */
int disk_copies_write(int fd, off_t offset);

/* The file that has the copies for images that are to be as they were (--disk=FILE,saved), before
 * the images are opened. It and `copies` are used until the machine is restored. */
void disk_copies_offer(int fd, const struct disk_copies *copies);

struct disk_file;

/* Whether the offered file has a copy of this image. The check says why not: 0, or -1. */
bool disk_copy_is_there(const struct disk_file *file);
int disk_copy_check(const struct disk_file *file);

/* Makes the image, which is open and locked, what the copy of it is. 0, or -1 after saying why. */
int disk_copy_read(const struct disk_file *file);

#endif

/* What the file system's tests share: a disk in memory that remembers what it was told, and a
 * digest of all that is in a file system. */
#ifndef DUET_TESTS_FS_MEMORY_H
#define DUET_TESTS_FS_MEMORY_H

#include <stdint.h>

#include "toyos/kernel/fs/fs.h"
#include "toyos/mkfs/fsck.h"
#include "toyos/mkfs/host.h"

#define DISCARDED 0xdb

/* A write of one block, of a discarded one too; or a flush (block UINT32_MAX). */
struct disk_event {
    uint32_t block;
    uint8_t *data;
    bool is_discard;
};

struct memory_disk {
    struct block_device device;
    uint8_t *image;
    uint32_t blocks;
    unsigned discards; /* requests; a block of them holds DISCARDED bytes */

    /* While is_recording; forget_events frees them. */
    int is_recording;
    struct disk_event *events;
    unsigned event_count, event_room;
};

/* A disk of zeros. */
void memory_disk_init(struct memory_disk *disk, uint32_t blocks);
void memory_disk_free(struct memory_disk *disk);
void memory_disk_forget_events(struct memory_disk *disk);

/* An empty file system on it, mounted. */
void memory_disk_make(struct memory_disk *disk, uint32_t inodes);

/* fsck of a copy of an image; fails the test, with the first problems, if there are any. */
void expect_sound(const uint8_t *image, uint32_t blocks, const char *what);

/* The root of what is mounted, with a reference. */
struct inode *root_inode(void);

/* A number for the tree under the root: names, types, links, sizes, contents. In *error the first
 * error on the way, else 0. */
uint64_t tree_digest(int *error);

/* A small random number generator, so that a failure can be repeated from its seed. */
struct random {
    uint64_t state;
};
uint32_t random_below(struct random *random, uint32_t limit);

#endif

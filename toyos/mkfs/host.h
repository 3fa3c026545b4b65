/*
 * The kernel's file system on a PC: toyos/kernel/fs and block.c are compiled for it, and host.c has
 * what they want of the kernel. One thread, which never sleeps: what would wait for another process
 * is a panic, and what waits for a disk polls it.
 */
#ifndef TOYOS_HOST_H
#define TOYOS_HOST_H

#include "toyos/kernel/dev/block.h"

/* How much of the kernel's log goes to stderr: DUET_LOG_*; at first errors alone. */
extern int log_level;

/* Mount with a buffer cache of its own. 0 or an error number. */
int host_mount(struct block_device *device);

/* An image in a file as a block device. Errors are explained on stderr: NULL, or false. */
struct block_device *disk_file_open(const char *path, bool is_read_only);

/* Make the file: `blocks` blocks of zeros. */
struct block_device *disk_file_create(const char *path, uint32_t blocks);

/* Give the file up; what was written is there. With `blocks`, cut it to as many before. */
bool disk_file_close(uint32_t blocks);

/* The image in memory, as large as its superblock says; changes stay there. NULL after a message.
 */
uint8_t *disk_file_map(const char *path, uint64_t *size);

/* Write an empty file system on a device, which is all zeros. `inodes` 0: a number to suit. 0, or
 * an error number: -EINVAL is a size that does not do. */
int make_file_system(struct block_device *device, uint32_t blocks, uint32_t inodes);

#endif

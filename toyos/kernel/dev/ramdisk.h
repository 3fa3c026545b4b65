/* A block device in RAM. */
#ifndef TOYOS_RAMDISK_H
#define TOYOS_RAMDISK_H

#include <stdint.h>

#define RAMDISK_EXTRA_MAX (128ul << 20) /* bytes */

/*
 * Makes and registers "ram0" of `size` bytes: `image` is the first part of it, used in place. The
 * rest is in `extra` and reads as zeros until it is written to; what that memory holds at first
 * does not matter. Both are in the kernel's linear map; `image_size` is a multiple of PAGE_SIZE. A
 * size that is too large for it is cut: the largest is image_size + RAMDISK_EXTRA_MAX.
 */
void ramdisk_init(void *image, uint64_t image_size, void *extra, uint64_t size);

#endif

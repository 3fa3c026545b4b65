/*
 * The file system, as the rest of the kernel sees it: operations on names and files. Results are 0
 * or more, or a negative error number. Nobody who calls these holds an inode's lock or is inside a
 * journal operation, but for what is said to need it.
 */
#ifndef TOYOS_FS_FS_H
#define TOYOS_FS_FS_H

#include "toyos/kernel/fs/format.h"
#include "toyos/kernel/fs/inode.h"

struct block_device;

/* The size in bytes of the file system whose first bytes are at `image`; 0: there is none. */
uint64_t fs_image_size(const void *image, uint64_t len);

/* Whether a disk has a file system of toyos on it, maybe a damaged one. */
bool fs_is_on(struct block_device *device);

/* Recover what the log has and make this the root file system, with `cache_size` bytes at `cache`
 * (page-aligned, in the linear map) for buffers. An error has been explained in the kernel's log.
 */
int fs_mount(struct block_device *device, void *cache, uint64_t cache_size);

/* Write everything to where it belongs. Before the power goes off. */
int fs_sync(void);

/* Paths: relative ones start at the directory `from`. Names are cut after FS_NAME_MAX bytes. */

/* The inode of a path, with a reference. */
int fs_find(struct inode *from, const char *path, struct inode **out);

/* The directory that the last name of the path is in, with a reference, and that name, padded with
 * NULs. */
int fs_find_parent(struct inode *from, const char *path, struct inode **dir,
                   char name[FS_NAME_MAX]);

/* Make a file, directory or device. If there is one of this name: the same for a file or a device
 * where a file is wanted (is_exclusive: -EEXIST). The inode comes with a reference. */
struct fs_new {
    uint16_t type; /* T_* */
    uint16_t major, minor;
    bool is_exclusive;
};
int fs_create(struct inode *from, const char *path, const struct fs_new *request,
              struct inode **out);

int fs_link(struct inode *from, const char *old, const char *name);
int fs_unlink(struct inode *from, const char *path); /* also an empty directory */
int fs_rename(struct inode *from, const char *old, const char *name);

/* Write at `offset`, or at the end, up to the end of a block or of `len`, which is not 0: the
 * number of bytes, at least 1. All in one operation: a power cut does not leave a part of it. */
#define FS_APPEND UINT64_MAX
int fs_write(struct inode *inode, const void *data, uint64_t offset, unsigned len);

/* The same, but the file does not grow: 0 if all would be beyond its end. */
int fs_write_within(struct inode *inode, const void *data, uint64_t offset, unsigned len);

int fs_truncate(struct inode *inode, uint64_t size);

#endif

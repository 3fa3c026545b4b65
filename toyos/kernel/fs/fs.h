/*
 * The file system, as the rest of the kernel sees it: operations on names and files. Results are 0
 * or more, or -errno. The caller holds no inode's lock, and is not inside a journal operation.
 */
#ifndef TOYOS_FS_FS_H
#define TOYOS_FS_FS_H

#include "toyos/kernel/fs/format.h"
#include "toyos/kernel/fs/inode.h"

struct block_device;

/* The size in bytes of the file system whose first bytes are at `image`; 0: there is none. */
uint64_t fs_image_size(const void *image, uint64_t len);

/* Whether a disk has a file system of toyos on it, which may be damaged. */
bool fs_is_on(struct block_device *device);

/* Recover what the log has and make this the root file system, with `cache_size` bytes at `cache`
 * (page-aligned, in the linear map) for buffers. An error has been explained in the kernel's log.
 */
int fs_mount(struct block_device *device, void *cache, uint64_t cache_size);

/* Writes everything to where it belongs, before the power goes off. 0 or -EIO. */
int fs_sync(void);

/* Paths: relative ones start at the directory `from`. Names are cut after FS_NAME_MAX bytes. */

/* The inode of a path, with a reference. */
int fs_find(struct inode *from, const char *path, struct inode **out);

/* The directory that the last name of the path is in, with a reference, and that name, padded with
 * NULs. */
int fs_find_parent(struct inode *from, const char *path, struct inode **dir,
                   char name[FS_NAME_MAX]);

/* Makes a file, directory or device. If a file is wanted, and a file or a device of this name is
 * there, that is the result, unless is_exclusive: -EEXIST. The inode comes with a reference. */
struct fs_new {
    uint16_t type; /* T_* */
    uint16_t major, minor;
    bool is_exclusive;
};
int fs_create(struct inode *from, const char *path, const struct fs_new *request,
              struct inode **out);

/* Give the file `old` a further name; take a name away; give what has the name `old` the name
 * `name` instead. */
int fs_link(struct inode *from, const char *old, const char *name);
int fs_unlink(struct inode *from, const char *path); /* also an empty directory */
int fs_rename(struct inode *from, const char *old, const char *name);

#define FS_APPEND UINT64_MAX /* as an offset: the end of the file */

/* Writes `len` bytes (not 0) at `offset`, but not beyond the end of a block: the number of bytes,
 * at least 1. It is one operation: a power cut leaves all of it or nothing. */
int fs_write(struct inode *inode, const void *data, uint64_t offset, unsigned len);

/* The same, but the file does not grow. 0: all would be beyond its end. */
int fs_write_within(struct inode *inode, const void *data, uint64_t offset, unsigned len);

/* Sets the size of a file, in bytes; what is added reads as zeros. -EINVAL: it is no file; -EFBIG.
 */
int fs_truncate(struct inode *inode, uint64_t size);

#endif

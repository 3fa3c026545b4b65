/* Directories: dynamic hashing, by buckets that remember their splits. */
#include "toyos/kernel/fs/dir.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

#define DOTS       2 /* the slots of bucket 0 that "." and ".." occupy */
#define SPLITS_MAX 4 /* in one operation: more needs very bad luck, or malicious names */

bool
dir_is_dot(const char name[FS_NAME_MAX])
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static struct fs_bucket *
bucket_of(const struct buf *buf)
{
    return (void *)buf->data;
}

/* Reads a bucket that must exist. */
static int
read_bucket(struct inode *dir, uint32_t n, unsigned first_bit, struct buf **out)
{
    const struct fs_bucket *bucket;
    int error = inode_block(dir, n, out);

    if (error)
        return error;
    bucket = *out ? bucket_of(*out) : NULL;
    if (!bucket || (uint64_t)n * FS_BLOCK_SIZE >= dir->disk.size || bucket->zero ||
        bucket->first_bit != first_bit || bucket->depth < first_bit ||
        bucket->depth > FS_DIR_DEPTH) {
        if (bucket)
            buf_release(*out);
        return journal_fail("directory %u has a bad bucket %u", dir->number, n);
    }
    return 0;
}

/* Finds the bucket for a name with this hash, and its number. */
static int
find_bucket(struct inode *dir, uint32_t hash, uint32_t *number, struct buf **out)
{
    uint32_t n = 0;
    unsigned bit = 0;

    for (;;) {
        const struct fs_bucket *bucket;
        int error = read_bucket(dir, n, bit, out);
        if (error)
            return error;
        bucket = bucket_of(*out);
        while (bit < bucket->depth && !(hash >> bit & 1))
            bit++;
        if (bit == bucket->depth) {
            *number = n;
            return 0;
        }
        n = bucket->child[bit++];
        buf_release(*out);
    }
}

static bool
is_name(const struct fs_dirent *entry, const char name[FS_NAME_MAX])
{
    return entry->inode && entry->name[0] == name[0] && memcmp(entry->name, name, FS_NAME_MAX) == 0;
}

/* Finds the entry of a name, in a buffer with a reference. */
static int
find_entry(struct inode *dir, const char name[FS_NAME_MAX], struct buf **out,
           struct fs_dirent **entry)
{
    struct fs_bucket *bucket;
    uint32_t number;
    unsigned from, end;
    int error;

    if (dir_is_dot(name)) {
        error = read_bucket(dir, 0, 0, out);
        number = 0;
        from = 0;
        end = DOTS;
    } else {
        error = find_bucket(dir, fs_name_hash(name), &number, out);
        from = number == 0 ? DOTS : 0;
        end = FS_BUCKET_SLOTS;
    }
    if (error)
        return error;
    bucket = bucket_of(*out);
    for (unsigned i = from; i < end; i++) {
        if (is_name(&bucket->entry[i], name)) {
            *entry = &bucket->entry[i];
            return 0;
        }
    }
    buf_release(*out);
    return -ENOENT;
}

int
dir_find(struct inode *dir, const char name[FS_NAME_MAX], uint32_t *number)
{
    struct fs_dirent *entry;
    struct buf *buf;
    int error = find_entry(dir, name, &buf, &entry);

    if (error)
        return error;
    *number = entry->inode;
    buf_release(buf);
    return *number < fs_super.inode_count
               ? 0
               : journal_fail("directory %u names inode %u", dir->number, *number);
}

int
dir_get(struct inode *dir, const char name[FS_NAME_MAX], struct inode **inode)
{
    uint32_t number;
    int error = dir_find(dir, name, &number);

    *inode = error ? NULL : inode_get(number); /* the inode exists as long as the name does */
    return error || *inode ? error : -ENFILE;
}

int
dir_lookup(struct inode *dir, const char name[FS_NAME_MAX], struct inode **inode)
{
    int error = inode_lock(dir);

    *inode = NULL;
    if (error)
        return error;
    error = dir->disk.type == T_DIR ? dir_get(dir, name, inode) : -ENOTDIR;
    inode_unlock(dir);
    return error;
}

int
dir_is_empty(struct inode *dir)
{
    for (uint32_t n = 0; (uint64_t)n * FS_BLOCK_SIZE < dir->disk.size; n++) {
        struct buf *buf;
        bool is_empty = true;
        int error = inode_block(dir, n, &buf);
        if (error)
            return error;
        if (!buf)
            continue;
        for (unsigned i = n == 0 ? DOTS : 0; i < FS_BUCKET_SLOTS; i++)
            is_empty &= bucket_of(buf)->entry[i].inode == 0;
        buf_release(buf);
        if (!is_empty)
            return 0;
    }
    return 1;
}

int
dir_init(struct inode *dir, uint32_t parent)
{
    struct fs_bucket *bucket;
    struct buf *buf;
    int error = inode_block_make(dir, 0, &buf);

    if (error)
        return error;
    bucket = bucket_of(buf);
    bucket->entry[0] = (struct fs_dirent){(uint16_t)dir->number, "."};
    bucket->entry[1] = (struct fs_dirent){(uint16_t)parent, ".."};
    buf_release(buf);
    dir->disk.size = FS_BLOCK_SIZE;
    return inode_update(dir);
}

/* Moves those names of a full bucket whose next hash bit is 1 into a new bucket. */
static int
split(struct inode *dir, uint32_t number, struct buf *full)
{
    struct fs_bucket *bucket = bucket_of(full), *other;
    uint32_t n = (uint32_t)(dir->disk.size / FS_BLOCK_SIZE);
    unsigned bit = bucket->depth, moved = 0;
    struct buf *buf;
    int error;

    if (bit == FS_DIR_DEPTH || n > UINT16_MAX)
        return -ENOSPC;
    error = inode_block_make(dir, n, &buf);
    if (error)
        return error;
    other = bucket_of(buf);
    other->first_bit = other->depth = (uint8_t)(bit + 1);
    for (unsigned i = number == 0 ? DOTS : 0; i < FS_BUCKET_SLOTS; i++) {
        struct fs_dirent *entry = &bucket->entry[i];
        if (entry->inode && fs_name_hash(entry->name) >> bit & 1) {
            other->entry[moved++] = *entry;
            *entry = (struct fs_dirent){0};
        }
    }
    bucket->child[bit] = (uint16_t)n;
    bucket->depth++;
    journal_write(full);
    buf_release(buf);
    dir->disk.size += FS_BLOCK_SIZE;
    return inode_update(dir);
}

static bool
put(struct buf *buf, unsigned from, const char name[FS_NAME_MAX], uint32_t number)
{
    struct fs_bucket *bucket = bucket_of(buf);

    for (unsigned i = from; i < FS_BUCKET_SLOTS; i++) {
        struct fs_dirent *entry = &bucket->entry[i];
        if (entry->inode)
            continue;
        memcpy(entry->name, name, FS_NAME_MAX);
        entry->inode = (uint16_t)number;
        journal_write(buf);
        return true;
    }
    return false;
}

int
dir_add(struct inode *dir, const char name[FS_NAME_MAX], uint32_t number)
{
    for (unsigned splits = 0;; splits++) {
        uint32_t n;
        struct buf *buf;
        bool is_there;
        int error = find_bucket(dir, fs_name_hash(name), &n, &buf);
        if (error)
            return error;
        is_there = put(buf, n == 0 ? DOTS : 0, name, number);
        if (!is_there)
            error = splits < SPLITS_MAX ? split(dir, n, buf) : -ENOSPC;
        buf_release(buf);
        if (is_there || error)
            return error;
    }
}

int
dir_set(struct inode *dir, const char name[FS_NAME_MAX], uint32_t number)
{
    struct fs_dirent *entry;
    struct buf *buf;
    int error = find_entry(dir, name, &buf, &entry);

    if (error)
        return error;
    entry->inode = (uint16_t)number;
    if (!number)
        memset(entry->name, 0, FS_NAME_MAX);
    journal_write(buf);
    buf_release(buf);
    return 0;
}

int
dir_remove(struct inode *dir, const char name[FS_NAME_MAX])
{
    return dir_set(dir, name, 0);
}

/*
 * toyos's directories: the search for the bucket of a name, on a disk of any contents. Each bucket
 * that is read is an input; names are not looked at.
 */
#include "tests/prove/prove.h"

#include "toyos/kernel/fs/dir.c"

/* with: */

#include "tests/prove/bucket.h"

static struct fs_bucket bucket;
static unsigned buckets;

int
inode_block(struct inode *inode, uint64_t n, struct buf **out)
{
    prove_check(inode == &dir && n <= UINT16_MAX, "a number of a bucket");
    prove_check(buckets++ <= FS_DIR_DEPTH, "no more buckets than the hash has bits, and the first");
    if (prove_bool("it cannot be read"))
        return -EIO;
    *out = NULL;
    if (prove_bool("it is a hole"))
        return 0;
    prove_fill("head of a bucket", &bucket, offsetof(struct fs_bucket, unused) + 4);
    bucket_hold(out);
    return 0;
}

PROVE(dir_find_bucket, 19, FULL)
{
    uint32_t hash = (uint32_t)prove_below("hash", 1 << FS_DIR_DEPTH), number;
    struct buf *found = NULL;
    int error;

    buf.data = (char *)&bucket;
    dir.disk.size = prove_u64("size of the directory");
    error = find_bucket(&dir, hash, &number, &found);
    prove_check(error == 0 || error == -EIO, "it is found, or the disk makes no sense");
    prove_check(references == (error == 0), "it is held if it is found");
    if (error)
        return;
    prove_check(found == &buf && number * (uint64_t)FS_BLOCK_SIZE < dir.disk.size,
                "a bucket of the directory");
    prove_check(bucket.first_bit <= bucket.depth && bucket.depth <= FS_DIR_DEPTH &&
                    hash >> bucket.first_bit << bucket.first_bit >> bucket.depth << bucket.depth ==
                        hash >> bucket.first_bit << bucket.first_bit,
                "none of the splits that it remembers took the name away");
}

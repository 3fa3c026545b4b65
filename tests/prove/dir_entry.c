/*
 * toyos's directories, in a bucket of any contents: whether there are names in its slots, and the
 * hash of a name. How a bucket is found: dir.c.
 *
 * Bounds: 8 slots, and what is behind them: the number is only compared, and format.h asserts that
 * as many as there really are fill a block.
 */
#include "tests/prove/prove.h"

#include "toyos/kernel/fs/format.h"

#undef FS_BUCKET_SLOTS
#define FS_BUCKET_SLOTS 8

#include "toyos/kernel/fs/dir.c"

/* with: */

#define WORDS       (FS_BLOCK_SIZE / sizeof(uint64_t))
#define ENTRY_WORDS (sizeof(struct fs_dirent) / sizeof(uint64_t))
#define ENTRIES_AT  (offsetof(struct fs_bucket, entry) / sizeof(uint64_t))

struct fs_super fs_super;

/* The bucket as words, which CBMC is quick with. */
static uint64_t block[WORDS];

static struct buf buf = {.data = (char *)block};
static struct inode dir;
static unsigned references, reads;

int
journal_fail(const char *format, ...)
{
    (void)format;
    return -EIO;
}

/* One bucket is read, which is the first, for all names are in it; then the disk fails. */
int
inode_block(struct inode *inode, uint64_t n, struct buf **out)
{
    prove_check(inode == &dir && n <= UINT16_MAX, "a bucket of the directory");
    if (reads++ > 0 || prove_bool("it cannot be read"))
        return -EIO;
    *out = &buf;
    references++;
    return 0;
}

void
buf_release(struct buf *released)
{
    prove_check(released == &buf && references > 0, "a bucket that is held");
    references--;
}

static void
any_bucket(void)
{
    prove_fill("slots, and one more", block + ENTRIES_AT,
               (FS_BUCKET_SLOTS + 1) * sizeof(struct fs_dirent));
    dir.disk.size = prove_u64("size of the directory");
}

/* The inode's number in a slot; 0: it is free. */
static uint16_t
inode_in(unsigned slot)
{
    return (uint16_t)block[ENTRIES_AT + slot * ENTRY_WORDS];
}

PROVE(dir_is_empty, 10, QUICK)
{
    int result;

    any_bucket();
    dir.disk.size = prove_below("bytes of the directory, one block at most", FS_BLOCK_SIZE + 1);
    result = dir_is_empty(&dir);
    prove_check(references == 0, "the bucket is let go");
    for (unsigned i = DOTS; i < FS_BUCKET_SLOTS; i++)
        prove_check(result != 1 || dir.disk.size == 0 || inode_in(i) == 0,
                    "empty only if no slot but the dots' has a name");
}

/* A name on the disk has no NUL if it is as long as there is room. */
PROVE(dir_name_hash, 15, QUICK)
{
    static char text[FS_NAME_MAX];

    for (unsigned i = 0; i < FS_NAME_MAX; i++)
        text[i] = (char)prove_below("character", 256);
    prove_check(fs_name_hash(text) < 1 << FS_DIR_DEPTH, "as many bits as buckets are split by");
}

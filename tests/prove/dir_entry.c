/*
 * toyos's directories, in a bucket of any contents: names are found and counted in its slots alone,
 * and compared and hashed in no more than their bytes. How a bucket is found: dir.c.
 *
 * Bounds: 8 slots, and nothing behind them: the number is only compared, and format.h asserts that
 * as many as there really are fill a block.
 */
#include "tests/prove/prove.h"

#include <string.h>

#include "toyos/kernel/fs/format.h"

#undef FS_BUCKET_SLOTS
#define FS_BUCKET_SLOTS 8

static int any_memcmp(const void *a, const void *b, size_t len);
static uint32_t any_hash(const char *hashed);
#define memcmp       any_memcmp
#define fs_name_hash any_hash
#include "toyos/kernel/fs/dir.c"
#undef memcmp
#undef fs_name_hash

/* with: */

#define ENTRY_WORDS (sizeof(struct fs_dirent) / sizeof(uint64_t))
#define ENTRIES_AT  (offsetof(struct fs_bucket, entry) / sizeof(uint64_t))
#define WORDS       (ENTRIES_AT + FS_BUCKET_SLOTS * ENTRY_WORDS)

/* What a bucket begins with. */
#define HEAD(first_bit, depth, child) ((first_bit) << 16 | (depth) << 24 | (child) << 32)

#include "tests/prove/bucket.h"

/* The bucket as words, few enough for CBMC to know each; one as long as they are; and the name that
 * is searched for. */
static uint64_t block[WORDS], whole_block[FS_BLOCK_SIZE / sizeof(uint64_t)];
static char name[FS_NAME_MAX];

static unsigned number, reads; /* of the bucket that has the name; of buckets */
static bool is_bad;

/* All names are in one bucket, which is the first or what that leads to; then the disk fails. */
int
inode_block(struct inode *inode, uint64_t n, struct buf **out)
{
    prove_check(inode == &dir && n == (reads == 0 ? 0 : number), "the bucket of the name");
    if (is_bad || reads > (number != 0))
        return -EIO;
    block[0] = HEAD((uint64_t)n, (uint64_t)(number != 0), (uint64_t)number);
    reads++;
    bucket_hold(out);
    return 0;
}

/* Any names in the slots of a directory of two buckets. */
static void
any_bucket(void)
{
    prove_fill("slots", block + ENTRIES_AT, FS_BUCKET_SLOTS * sizeof(struct fs_dirent));
    buf.data = (char *)block;
    dir.disk.size = 2 * FS_BLOCK_SIZE;
}

/* Where in the bucket's entries a name begins: a multiple of an entry. */
static bool
is_in_entry(const char *at)
{
    uint64_t offset = (uint64_t)(at - (char *)block) - offsetof(struct fs_bucket, entry[0].name);

    return offset < FS_BUCKET_SLOTS * sizeof(struct fs_dirent) &&
           offset % sizeof(struct fs_dirent) == 0;
}

static bool
is_same_name(const char *a, const char *b)
{
    bool is_same = true;

    for (unsigned i = 0; i < FS_NAME_MAX; i++)
        is_same &= a[i] == b[i];
    return is_same;
}

static int
any_memcmp(const void *a, const void *b, size_t len)
{
    prove_check(is_in_entry(a) && b == name && len == FS_NAME_MAX, "a name of the bucket, whole");
    return !is_same_name(a, b);
}

/* Of a name in the second bucket the lowest bit is 1. */
static uint32_t
any_hash(const char *hashed)
{
    prove_check(hashed == name, "the name");
    return number;
}

/* The inode's number in a slot; 0: it is free. */
static uint16_t
inode_in(const uint64_t *words, unsigned slot)
{
    return (uint16_t)words[ENTRIES_AT + slot * ENTRY_WORDS];
}

static bool
has_name(unsigned slot)
{
    return inode_in(block, slot) &&
           is_same_name(((struct fs_bucket *)block)->entry[slot].name, name);
}

/* A name that is searched for in that bucket, from slot `from` on and before `end`. */
static void
find(unsigned in, unsigned from, unsigned end)
{
    struct fs_dirent *entry = NULL;
    struct buf *found = NULL;
    unsigned slot = FS_BUCKET_SLOTS;
    int error;

    number = in;
    error = find_entry(&dir, name, &found, &entry);
    prove_check(error == (is_bad ? -EIO : error ? -ENOENT : 0), "there, or not, or no sense");
    prove_check(references == (error == 0), "its bucket is held if it is found");
    for (unsigned i = from; i < end; i++) {
        if (error == 0 && entry == ((struct fs_bucket *)block)->entry + i)
            slot = i;
        prove_check(error != -ENOENT || !has_name(i), "none only if no slot has it");
        prove_check(slot != i || has_name(i), "a slot that has it");
    }
    prove_check(error || (found == &buf && slot >= from && slot < end), "one of the bucket's");
}

static void
find_dots(unsigned dots)
{
    for (unsigned i = 0; i < dots; i++)
        name[i] = '.';
    find(0, 0, DOTS);
}

/* CBMC is to know which slots are looked at: so a constant begins the name. That is not a dot, for
 * the names of dots are looked at, too, and is else only compared. */
PROVE(dir_find_entry, 15, LONG)
{
    any_bucket();
    if (prove_bool("it is .")) {
        find_dots(1);
        return;
    }
    if (prove_bool("it is ..")) {
        find_dots(2);
        return;
    }
    for (unsigned i = 1; i < FS_NAME_MAX; i++)
        name[i] = (char)prove_below("character", 256);
    name[0] = 'a';
    if (prove_bool("the disk fails")) {
        is_bad = true;
        find(0, DOTS, FS_BUCKET_SLOTS);
    } else if (prove_bool("it is in the first bucket")) {
        find(0, DOTS, FS_BUCKET_SLOTS);
    } else {
        find(1, 0, FS_BUCKET_SLOTS);
    }
}

/* The slot behind the last one has any contents, too. */
PROVE(dir_is_empty, 10, LONG)
{
    int result;

    prove_fill("slots, and one more", whole_block + ENTRIES_AT,
               (FS_BUCKET_SLOTS + 1) * sizeof(struct fs_dirent));
    buf.data = (char *)whole_block;
    is_bad = prove_bool("the bucket cannot be read");
    dir.disk.size = prove_below("bytes of the directory, one block at most", FS_BLOCK_SIZE + 1);
    result = dir_is_empty(&dir);
    prove_check(references == 0, "the bucket is let go");
    for (unsigned i = DOTS; i < FS_BUCKET_SLOTS; i++)
        prove_check(result != 1 || dir.disk.size == 0 || inode_in(whole_block, i) == 0,
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

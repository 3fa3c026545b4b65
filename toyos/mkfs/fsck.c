/* fsck. It shares no code with the kernel's file system except the structs of the format, so that a
 * mistake in one of them is seen by the other. */
#include "toyos/mkfs/fsck.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/format.h"

#define PROBLEMS_MAX 100 /* how many errors are reported; further ones are only counted */

struct fsck {
    uint8_t *image;
    struct fs_super super;
    void (*report)(void *context, const char *line);
    void *context;
    unsigned problems;

    uint32_t *owner;  /* for each block: the inode that owns it, 0 for none */
    uint32_t *links;  /* for each inode: how many names were found */
    uint32_t *parent; /* for each directory: the directory that holds its name */
    bool *is_orphan;  /* for each inode */
};

static void __attribute__((format(printf, 2, 3)))
problem(struct fsck *f, const char *text, ...)
{
    char line[256];
    va_list args;

    if (f->problems++ >= PROBLEMS_MAX || !f->report)
        return;
    va_start(args, text);
    vsnprintf(line, sizeof(line), text, args);
    va_end(args);
    f->report(f->context, line);
}

static void *
block_at(const struct fsck *f, uint32_t block)
{
    return f->image + (uint64_t)block * FS_BLOCK_SIZE;
}

static struct fs_inode *
inode_at(const struct fsck *f, uint32_t number)
{
    return (struct fs_inode *)block_at(f, f->super.inode_table) + number;
}

static bool
bit_at(const struct fsck *f, uint32_t bitmap, uint32_t n)
{
    return ((uint8_t *)block_at(f, bitmap))[n / 8] >> n % 8 & 1;
}

static bool
is_data(const struct fsck *f, uint32_t block)
{
    return block >= f->super.data && block < f->super.log;
}

/* Checks what everything else relies on. False if it is useless to go on. */
static bool
check_super(struct fsck *f, uint64_t size)
{
    struct fs_super *s = &f->super;
    uint64_t next = FS_ORPHAN_BLOCK + 1;
    unsigned before = f->problems;

    if (size < FS_BLOCK_SIZE) {
        problem(f, "the image is smaller than a block");
        return false;
    }
    memcpy(s, f->image, sizeof(*s));
    if (s->magic != FS_MAGIC)
        problem(f, "superblock: bad magic number");
    else if (s->checksum != fs_checksum(FS_CHECKSUM_START, s, offsetof(struct fs_super, checksum)))
        problem(f, "superblock: bad checksum");
    else if (s->version != FS_VERSION || s->block_size != FS_BLOCK_SIZE)
        problem(f, "superblock: unknown version");
    if (f->problems > before)
        return false;
    if (s->block_count < FS_BLOCKS_MIN || s->block_count > FS_BLOCKS_MAX ||
        s->block_count > size / FS_BLOCK_SIZE)
        problem(f, "superblock: %u blocks do not fit the image", s->block_count);
    if (s->inode_count <= FS_ROOT || s->inode_count > FS_INODES_MAX)
        problem(f, "superblock: %u inodes", s->inode_count);
    if (s->inode_bitmap != next)
        problem(f, "superblock: the inode bitmap is at block %u", s->inode_bitmap);
    next += ((uint64_t)s->inode_count + FS_BITS - 1) / FS_BITS;
    if (s->block_bitmap != next)
        problem(f, "superblock: the block bitmap is at block %u", s->block_bitmap);
    next += ((uint64_t)s->block_count + FS_BITS - 1) / FS_BITS;
    if (s->inode_table != next)
        problem(f, "superblock: the inode table is at block %u", s->inode_table);
    next += ((uint64_t)s->inode_count + FS_INODES_PER_BLOCK - 1) / FS_INODES_PER_BLOCK;
    if (s->data != next || s->log <= s->data || s->log >= s->block_count)
        problem(f, "superblock: data begins at block %u, the log at %u", s->data, s->log);
    return f->problems == before;
}

/* The n-th block of the log from `start` on. */
static uint8_t *
log_at(const struct fsck *f, uint64_t n)
{
    return block_at(f, f->super.log + (uint32_t)(n % (f->super.block_count - f->super.log)));
}

static bool
is_transaction(const struct fsck *f, uint64_t start, uint64_t sequence)
{
    struct fs_log_record first, last;
    uint64_t sum = FS_CHECKSUM_START;

    memcpy(&first, log_at(f, start), sizeof(first));
    if (first.magic != FS_JOURNAL_MAGIC || first.kind != FS_LOG_DESCRIPTOR ||
        first.sequence != sequence || first.count == 0 || first.count > FS_LOG_BLOCKS_MAX ||
        first.count + 2 > f->super.block_count - f->super.log)
        return false;
    memcpy(&last, log_at(f, start + first.count + 1), sizeof(last));
    if (last.magic != FS_JOURNAL_MAGIC || last.kind != FS_LOG_COMMIT || last.sequence != sequence ||
        last.count != first.count)
        return false;
    for (uint64_t i = 0; i <= first.count; i++)
        sum = fs_checksum(sum, log_at(f, start + i), FS_BLOCK_SIZE);
    return sum == last.checksum;
}

static void
replay_log(struct fsck *f)
{
    struct fs_journal header;
    uint64_t start, sequence;

    memcpy(&header, block_at(f, FS_JOURNAL_BLOCK), sizeof(header));
    if (header.magic != FS_JOURNAL_MAGIC || header.start >= f->super.block_count - f->super.log ||
        header.sequence == 0 ||
        header.checksum !=
            fs_checksum(FS_CHECKSUM_START, &header, offsetof(struct fs_journal, checksum))) {
        problem(f, "journal: block %u, where the log begins, makes no sense", FS_JOURNAL_BLOCK);
        return;
    }
    start = header.start;
    for (sequence = header.sequence; is_transaction(f, start, sequence); sequence++) {
        const struct fs_log_descriptor *descriptor = (void *)log_at(f, start);
        for (uint32_t i = 0; i < descriptor->record.count; i++) {
            uint32_t block = descriptor->block[i];
            if (block < FS_ORPHAN_BLOCK || block >= f->super.log)
                problem(f, "journal: transaction %llu writes block %u",
                        (unsigned long long)sequence, block);
            else
                memcpy(block_at(f, block), log_at(f, start + 1 + i), FS_BLOCK_SIZE);
        }
        start += descriptor->record.count + 2;
    }
}

/* Marks a block as owned by an inode. False if it must not be read as part of that inode. */
static bool
claim(struct fsck *f, uint32_t number, uint32_t block)
{
    if (!is_data(f, block)) {
        problem(f, "inode %u: block %u is outside the data", number, block);
        return false;
    }
    if (f->owner[block]) {
        problem(f, "inode %u: block %u belongs to inode %u", number, block, f->owner[block]);
        return false;
    }
    f->owner[block] = number;
    return true;
}

/* Checks the blocks below a block of block numbers. The first of them is the file's block `n`. */
static void
walk_tree(struct fsck *f, uint32_t number, uint32_t block, unsigned levels, uint64_t n,
          uint64_t end)
{
    if (block == 0 || !claim(f, number, block))
        return;
    if (levels == 0) {
        if (n >= end)
            problem(f, "inode %u: block %u is beyond its end", number, block);
        return;
    }
    for (uint32_t i = 0; i < FS_INDIRECT; i++)
        walk_tree(f, number, ((uint32_t *)block_at(f, block))[i], levels - 1,
                  n + i * (levels == 2 ? FS_INDIRECT : 1ull), end);
}

static void
check_inode(struct fsck *f, uint32_t number)
{
    const struct fs_inode *inode = inode_at(f, number);
    uint64_t end = inode->size / FS_BLOCK_SIZE + (inode->size % FS_BLOCK_SIZE != 0);
    bool is_used = bit_at(f, f->super.inode_bitmap, number);

    if (inode->type > T_DEVICE) {
        problem(f, "inode %u: unknown type %u", number, inode->type);
        return;
    }
    if (is_used != (inode->type != 0))
        problem(f, "inode %u: %s, but %s in the bitmap", number, inode->type ? "in use" : "free",
                is_used ? "taken" : "free");
    if (inode->type == 0)
        return;
    if (inode->size > FS_FILE_SIZE_MAX)
        problem(f, "inode %u: size %llu", number, (unsigned long long)inode->size);
    if (inode->type == T_DIR && (inode->size == 0 || inode->size % FS_BLOCK_SIZE))
        problem(f, "inode %u: directory of size %llu", number, (unsigned long long)inode->size);
    if (inode->type == T_DEVICE && inode->size)
        problem(f, "inode %u: device of size %llu", number, (unsigned long long)inode->size);
    for (uint32_t i = 0; i < FS_DIRECT; i++)
        walk_tree(f, number, inode->direct[i], 0, i, end);
    walk_tree(f, number, inode->indirect, 1, FS_DIRECT, end);
    walk_tree(f, number, inode->double_indirect, 2, FS_DIRECT + FS_INDIRECT, end);
}

/* The n-th block of a file, 0 if there is none. An impossible number counts as none, and has been
 * reported. */
static uint32_t
file_block(const struct fsck *f, uint32_t number, uint64_t n)
{
    const struct fs_inode *inode = inode_at(f, number);
    uint32_t block;

    if (n < FS_DIRECT) {
        block = inode->direct[n];
    } else if ((n -= FS_DIRECT) < FS_INDIRECT) {
        block = inode->indirect;
        block = is_data(f, block) ? ((uint32_t *)block_at(f, block))[n] : 0;
    } else {
        n -= FS_INDIRECT;
        block = inode->double_indirect;
        if (is_data(f, block))
            block = ((uint32_t *)block_at(f, block))[n / FS_INDIRECT];
        block = is_data(f, block) ? ((uint32_t *)block_at(f, block))[n % FS_INDIRECT] : 0;
    }
    return is_data(f, block) ? block : 0;
}

static bool
is_padded(const char name[FS_NAME_MAX])
{
    size_t len = strnlen(name, FS_NAME_MAX);

    for (size_t i = len; i < FS_NAME_MAX; i++)
        if (name[i])
            return false;
    return len > 0 && !memchr(name, '/', len);
}

static bool
is_dot(const char name[FS_NAME_MAX])
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Checks an entry that is neither "." nor "..". */
static void
check_entry(struct fsck *f, uint32_t dir, const struct fs_dirent *entry)
{
    const struct fs_inode *inode;
    uint32_t number = entry->inode;

    if (!is_padded(entry->name) || is_dot(entry->name)) {
        problem(f, "directory %u: bad name \"%.14s\"", dir, entry->name);
        return;
    }
    if (number >= f->super.inode_count || inode_at(f, number)->type == 0) {
        problem(f, "directory %u: \"%.14s\" is inode %u, which is free", dir, entry->name, number);
        return;
    }
    inode = inode_at(f, number);
    f->links[number]++;
    if (inode->type != T_DIR)
        return;
    if (number == FS_ROOT || f->parent[number])
        problem(f, "directory %u: \"%.14s\" is directory %u, which has a name already", dir,
                entry->name, number);
    else
        f->parent[number] = dir;
}

/* Checks that each entry of a bucket is where its hash belongs, and that no name is there twice.
 * `path` holds the low bits of the hash. */
static void
check_entries(struct fsck *f, uint32_t dir, uint32_t n, const struct fs_bucket *bucket,
              uint32_t path)
{
    uint32_t mask = (1u << bucket->depth) - 1;

    for (unsigned i = n == 0 ? 2 : 0; i < FS_BUCKET_SLOTS; i++) {
        const struct fs_dirent *entry = &bucket->entry[i];
        if (entry->inode == 0)
            continue;
        check_entry(f, dir, entry);
        if ((fs_name_hash(entry->name) & mask) != path)
            problem(f, "directory %u: \"%.14s\" is in bucket %u, where nobody looks for it", dir,
                    entry->name, n);
        for (unsigned j = i + 1; j < FS_BUCKET_SLOTS; j++)
            if (bucket->entry[j].inode &&
                memcmp(bucket->entry[j].name, entry->name, FS_NAME_MAX) == 0)
                problem(f, "directory %u: \"%.14s\" is there twice", dir, entry->name);
    }
}

/* Checks a bucket and those split off it. `path` holds the low `bit` bits of its names' hashes. */
static void
check_bucket(struct fsck *f, uint32_t dir, uint32_t n, unsigned bit, uint32_t path, bool *is_seen)
{
    uint64_t count = inode_at(f, dir)->size / FS_BLOCK_SIZE;
    uint32_t block = n < count ? file_block(f, dir, n) : 0;
    const struct fs_bucket *bucket;

    if (block == 0) {
        problem(f, "directory %u: has no bucket %u", dir, n);
        return;
    }
    if (is_seen[n]) {
        problem(f, "directory %u: bucket %u is reached twice", dir, n);
        return;
    }
    is_seen[n] = true;
    bucket = block_at(f, block);
    if (bucket->zero || bucket->first_bit != bit || bucket->depth < bit ||
        bucket->depth > FS_DIR_DEPTH) {
        problem(f, "directory %u: bucket %u has a bad header", dir, n);
        return;
    }
    check_entries(f, dir, n, bucket, path);
    for (unsigned i = bit; i < bucket->depth; i++)
        check_bucket(f, dir, bucket->child[i], i + 1, path | 1u << i, is_seen);
}

static void
check_dir(struct fsck *f, uint32_t number)
{
    uint64_t count = inode_at(f, number)->size / FS_BLOCK_SIZE;
    bool *is_seen;

    if (count == 0 || count > UINT16_MAX + 1ull)
        return; /* it was reported, or is no directory that could be indexed */
    is_seen = calloc(count, sizeof(*is_seen));
    if (!is_seen) {
        problem(f, "no memory to check directory %u", number);
        return;
    }
    check_bucket(f, number, 0, 0, 0, is_seen);
    for (uint64_t n = 0; n < count; n++)
        if (!is_seen[n])
            problem(f, "directory %u: bucket %llu cannot be reached", number,
                    (unsigned long long)n);
    free(is_seen);
}

/* Checks "." and "..", when all parents are known. */
static void
check_dots(struct fsck *f, uint32_t number)
{
    uint32_t block = file_block(f, number, 0);
    uint32_t parent = number == FS_ROOT ? FS_ROOT : f->parent[number];
    const struct fs_bucket *bucket = block ? block_at(f, block) : NULL;

    if (!bucket)
        return;
    if (bucket->entry[0].inode != number || strncmp(bucket->entry[0].name, ".", FS_NAME_MAX) != 0)
        problem(f, "directory %u: bad \".\"", number);
    if (strncmp(bucket->entry[1].name, "..", FS_NAME_MAX) != 0 ||
        (parent && bucket->entry[1].inode != parent))
        problem(f, "directory %u: bad \"..\"", number);
    if (parent)
        f->links[parent]++;
}

static void
check_orphans(struct fsck *f)
{
    const struct fs_orphans *orphans = block_at(f, FS_ORPHAN_BLOCK);

    for (unsigned i = 0; i < FS_ORPHANS; i++) {
        uint32_t number = orphans->inode[i];
        if (number == 0)
            continue;
        if (number <= FS_ROOT || number >= f->super.inode_count || inode_at(f, number)->type == 0 ||
            inode_at(f, number)->nlink) {
            problem(f, "orphan %u: is not one", number);
        } else if (f->is_orphan[number]) {
            problem(f, "orphan %u: is in the table twice", number);
        } else {
            f->is_orphan[number] = true;
        }
    }
}

/* Compares names with link counts, and checks that every directory is reachable from the root. */
static void
check_links(struct fsck *f, uint32_t number)
{
    const struct fs_inode *inode = inode_at(f, number);
    uint32_t up = number, steps = 0;

    if (inode->type == 0 || inode->type > T_DEVICE)
        return;
    if (inode->nlink == 0 && !f->is_orphan[number])
        problem(f, "inode %u: has no links, and is no orphan", number);
    if (inode->nlink != f->links[number] && !(f->is_orphan[number] && inode->type == T_DIR))
        problem(f, "inode %u: %u links, but %u names", number, inode->nlink, f->links[number]);
    if (inode->type != T_DIR || f->is_orphan[number])
        return;
    while (up && up != FS_ROOT && steps++ < f->super.inode_count)
        up = f->parent[up];
    if (up != FS_ROOT)
        problem(f, "directory %u: cannot be reached from the root", number);
}

static void
check_block_bitmap(struct fsck *f)
{
    for (uint32_t block = 0; block < f->super.block_count; block++) {
        bool is_taken = bit_at(f, f->super.block_bitmap, block);
        if (!is_data(f, block) && !is_taken)
            problem(f, "block %u: not for data, but free in the bitmap", block);
        else if (is_data(f, block) && f->owner[block] && !is_taken)
            problem(f, "block %u: in inode %u, but free in the bitmap", block, f->owner[block]);
        else if (is_data(f, block) && !f->owner[block] && is_taken)
            problem(f, "block %u: in no file, but taken in the bitmap", block);
    }
}

static void
check_all(struct fsck *f)
{
    uint32_t count = f->super.inode_count;

    replay_log(f);
    if (!bit_at(f, f->super.inode_bitmap, 0))
        problem(f, "inode 0: free in the bitmap");
    check_orphans(f);
    for (uint32_t i = 1; i < count; i++)
        check_inode(f, i);
    if (inode_at(f, FS_ROOT)->type != T_DIR)
        problem(f, "the root is no directory");
    for (uint32_t i = 1; i < count; i++)
        if (inode_at(f, i)->type == T_DIR)
            check_dir(f, i);
    for (uint32_t i = 1; i < count; i++)
        if (inode_at(f, i)->type == T_DIR)
            check_dots(f, i);
    for (uint32_t i = 1; i < count; i++)
        check_links(f, i);
    check_block_bitmap(f);
}

unsigned
fsck_check(uint8_t *image, uint64_t size, void (*report)(void *context, const char *line),
           void *context)
{
    struct fsck f = {.image = image, .report = report, .context = context};

    if (!check_super(&f, size))
        return f.problems;
    f.owner = calloc(f.super.block_count, sizeof(*f.owner));
    f.links = calloc(f.super.inode_count, sizeof(*f.links));
    f.parent = calloc(f.super.inode_count, sizeof(*f.parent));
    f.is_orphan = calloc(f.super.inode_count, sizeof(*f.is_orphan));
    if (f.owner && f.links && f.parent && f.is_orphan)
        check_all(&f);
    else
        problem(&f, "no memory for the check");
    free(f.owner);
    free(f.links);
    free(f.parent);
    free(f.is_orphan);
    return f.problems;
}

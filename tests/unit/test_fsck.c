/*
 * fsck against images that are broken in one way each: it has to name what is broken. And against
 * images with random bits turned over: neither it nor the kernel's file system may crash or hang.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fs_memory.h"
#include "tests/unit/unit.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/journal.h"

#define BLOCKS 1024
#define SIZE   ((uint64_t)BLOCKS * FS_BLOCK_SIZE)
#define NAMES  600 /* in /big, so that it has several buckets */

static uint8_t *sound; /* an image with a bit of everything */
static uint8_t *image; /* the copy of it that is broken */

/* Inodes of what is in it. */
static uint32_t file_a, file_b, dir_d, dir_e, dir_big, device, orphan;

static uint32_t
make(const char *path, uint16_t type)
{
    const struct fs_new what = {type, 1, 0, true};
    struct inode *root = root_inode(), *inode;
    uint32_t number;

    assert_int_equal(fs_create(root, path, &what, &inode), 0);
    number = inode->number;
    inode_put(inode);
    inode_put(root);
    return number;
}

static void
fill(uint32_t number, unsigned blocks)
{
    static uint8_t data[FS_BLOCK_SIZE];
    struct inode *inode = inode_get(number);

    memset(data, 0x5a, sizeof(data));
    for (unsigned i = 0; i < blocks; i++)
        assert_int_equal(fs_write(inode, data, FS_APPEND, sizeof(data)), sizeof(data));
    inode_put(inode);
}

static int
set_up(void **state)
{
    struct memory_disk disk;
    char path[32];

    (void)state;
    memory_disk_init(&disk, BLOCKS);
    memory_disk_make(&disk, 1024);
    file_a = make("/a", T_FILE);
    file_b = make("/b", T_FILE);
    dir_d = make("/d", T_DIR);
    dir_e = make("/d/e", T_DIR);
    dir_big = make("/big", T_DIR);
    device = make("/console", T_DEVICE);
    fill(file_a, 40); /* with an indirect block */
    fill(file_b, 2);
    for (unsigned i = 0; i < NAMES; i++) {
        snprintf(path, sizeof(path), "/big/n%u", i);
        make(path, T_FILE);
    }
    orphan = make("/o", T_FILE);
    inode_get(orphan); /* open for ever */
    assert_int_equal(fs_unlink(root_inode(), "/o"), 0);
    assert_int_equal(fs_sync(), 0);
    sound = disk.image;
    image = malloc(SIZE);
    assert_non_null(image);
    return 0;
}

static struct fs_super *
super(void)
{
    return (void *)image;
}

static void *
block(uint32_t number)
{
    return image + (uint64_t)number * FS_BLOCK_SIZE;
}

static struct fs_inode *
inode(uint32_t number)
{
    return (struct fs_inode *)block(super()->inode_table) + number;
}

static struct fs_bucket *
bucket(uint32_t dir, unsigned n)
{
    return block(inode(dir)->direct[n]);
}

/* The entry of a name that is in bucket 0. */
static struct fs_dirent *
entry(uint32_t dir, const char *name)
{
    for (unsigned i = 0; i < FS_BUCKET_SLOTS; i++)
        if (bucket(dir, 0)->entry[i].inode &&
            strncmp(bucket(dir, 0)->entry[i].name, name, FS_NAME_MAX) == 0)
            return &bucket(dir, 0)->entry[i];
    fail_msg("no %s", name);
    return NULL;
}

static uint8_t *
bit_byte(uint32_t bitmap, uint32_t n)
{
    return (uint8_t *)block(bitmap) + n / 8;
}

static void
seal_super(void)
{
    super()->checksum =
        fs_checksum(FS_CHECKSUM_START, super(), offsetof(struct fs_super, checksum));
}

/* Each breaks one thing. */
static void
break_magic(void)
{
    super()->magic ^= 1;
}
static void
break_super_checksum(void)
{
    super()->block_count--;
}
static void
break_version(void)
{
    super()->version = 9;
    seal_super();
}
static void
break_block_count(void)
{
    super()->block_count = 2 * BLOCKS;
    seal_super();
}
static void
break_regions(void)
{
    super()->inode_table++;
    seal_super();
}
static void
break_log_start(void)
{
    super()->log = super()->block_count;
    seal_super();
}
static void
break_journal_header(void)
{
    ((struct fs_journal *)block(FS_JOURNAL_BLOCK))->start++;
}
static void
break_log_target(void)
{
    struct fs_journal *header = block(FS_JOURNAL_BLOCK);
    uint32_t log = super()->log;
    struct fs_log_descriptor *first = block(log + header->start);
    struct fs_log_descriptor *last = block(log + (header->start + 2) % (BLOCKS - log));

    memset(first, 0, FS_BLOCK_SIZE);
    first->record =
        (struct fs_log_record){FS_JOURNAL_MAGIC, header->sequence, FS_LOG_DESCRIPTOR, 1, 0};
    first->block[0] = FS_SUPER_BLOCK;
    memset(last, 0, FS_BLOCK_SIZE);
    last->record = first->record;
    last->record.kind = FS_LOG_COMMIT;
    last->record.checksum =
        fs_checksum(fs_checksum(FS_CHECKSUM_START, first, FS_BLOCK_SIZE),
                    block(log + (header->start + 1) % (BLOCKS - log)), FS_BLOCK_SIZE);
}
static void
break_type(void)
{
    inode(file_a)->type = 7;
}
static void
break_free_inode_marked(void)
{
    *bit_byte(super()->inode_bitmap, 1000) |= 1 << 1000 % 8;
}
static void
break_used_inode_unmarked(void)
{
    *bit_byte(super()->inode_bitmap, file_b) &= (uint8_t)~(1 << file_b % 8);
}
static void
break_block_out_of_range(void)
{
    inode(file_b)->direct[1] = super()->log;
}
static void
break_block_in_metadata(void)
{
    inode(file_b)->direct[0] = super()->inode_table;
}
static void
break_block_shared(void)
{
    inode(file_b)->direct[1] = inode(file_a)->direct[0];
}
static void
break_indirect_entry(void)
{
    ((uint32_t *)block(inode(file_a)->indirect))[3] = 0xffffffff;
}
static void
break_block_beyond_end(void)
{
    inode(file_b)->size = 10;
}
static void
break_size(void)
{
    inode(file_b)->size = FS_FILE_SIZE_MAX + 1;
}
static void
break_dir_size(void)
{
    inode(dir_d)->size = 100;
}
static void
break_device_size(void)
{
    inode(device)->size = 1;
}
static void
break_used_block_unmarked(void)
{
    uint32_t n = inode(file_a)->direct[5];
    *bit_byte(super()->block_bitmap, n) &= (uint8_t)~(1 << n % 8);
}
static void
break_free_block_marked(void)
{
    uint32_t n = super()->log - 1;
    *bit_byte(super()->block_bitmap, n) |= (uint8_t)(1 << n % 8);
}
static void
break_log_block_unmarked(void)
{
    uint32_t n = super()->log;
    *bit_byte(super()->block_bitmap, n) &= (uint8_t)~(1 << n % 8);
}
static void
break_links(void)
{
    inode(file_a)->nlink = 2;
}
static void
break_dir_links(void)
{
    inode(dir_d)->nlink = 1;
}
static void
break_lost_file(void)
{
    *entry(FS_ROOT, "b") = (struct fs_dirent){0};
}
static void
break_entry_to_free(void)
{
    entry(FS_ROOT, "b")->inode = 1000;
}
static void
break_name(void)
{
    memcpy(entry(FS_ROOT, "b")->name, "b/c", 3);
}
static void
break_name_padding(void)
{
    entry(FS_ROOT, "b")->name[9] = 'x';
}
static void
break_name_twice(void)
{
    struct fs_bucket *root = bucket(FS_ROOT, 0);
    root->entry[200] = *entry(FS_ROOT, "b");
}
static void
break_dot(void)
{
    bucket(dir_d, 0)->entry[0].inode = FS_ROOT;
}
static void
break_dot_dot(void)
{
    bucket(dir_e, 0)->entry[1].inode = FS_ROOT;
}
static void
break_dir_named_twice(void)
{
    struct fs_dirent *b = entry(FS_ROOT, "b");
    b->inode = (uint16_t)dir_e;
}
static void
break_dir_ring(void)
{
    /* /d/e/d is /d, which "/" does not name any more */
    struct fs_dirent *d = entry(FS_ROOT, "d");
    bucket(dir_e, 0)->entry[7] = *d;
    *d = (struct fs_dirent){0};
    bucket(dir_d, 0)->entry[1].inode = (uint16_t)dir_e;
}
static void
break_bucket_depth(void)
{
    bucket(dir_big, 0)->depth = 17;
}
static void
break_bucket_first_bit(void)
{
    bucket(dir_big, 1)->first_bit = 5;
}
static void
break_bucket_child(void)
{
    bucket(dir_big, 0)->child[0] = 999;
}
static void
break_bucket_child_twice(void)
{
    bucket(dir_big, 0)->child[1] = bucket(dir_big, 0)->child[0];
}
static void
break_bucket_lost(void)
{
    bucket(dir_big, 0)->depth--;
}
static void
break_hash_place(void)
{
    struct fs_dirent *e = &bucket(dir_big, 1)->entry[0], *to = bucket(dir_big, 0)->entry + 252;
    *to = *e;
    *e = (struct fs_dirent){0};
}
static void
break_orphan_lost(void)
{
    memset(block(FS_ORPHAN_BLOCK), 0, FS_BLOCK_SIZE);
}
static void
break_orphan_named(void)
{
    ((struct fs_orphans *)block(FS_ORPHAN_BLOCK))->inode[9] = (uint16_t)file_a;
}
static void
break_orphan_twice(void)
{
    ((struct fs_orphans *)block(FS_ORPHAN_BLOCK))->inode[9] = (uint16_t)orphan;
}
static void
break_root(void)
{
    inode(FS_ROOT)->type = T_FILE;
}

static const struct {
    const char *name;
    void (*run)(void);
    const char *says; /* a part of one of fsck's lines */
} breakages[] = {
    {"magic", break_magic, "bad magic number"},
    {"checksum of the superblock", break_super_checksum, "superblock: bad checksum"},
    {"version", break_version, "unknown version"},
    {"block count", break_block_count, "superblock: 2048 blocks do not fit"},
    {"regions", break_regions, "superblock: the inode table is at block"},
    {"start of the log", break_log_start, "the log at 1024"},
    {"journal header", break_journal_header, "journal: block 1"},
    {"target in the log", break_log_target, "writes block 0"},
    {"type", break_type, "unknown type 7"},
    {"free inode marked", break_free_inode_marked, "inode 1000: free, but taken in the bitmap"},
    {"used inode not marked", break_used_inode_unmarked, "in use, but free in the bitmap"},
    {"block out of range", break_block_out_of_range, "is outside the data"},
    {"block in the metadata", break_block_in_metadata, "is outside the data"},
    {"block of two files", break_block_shared, "belongs to inode"},
    {"entry of an indirect block", break_indirect_entry, "block 4294967295 is outside"},
    {"block beyond the end", break_block_beyond_end, "is beyond its end"},
    {"size", break_size, "size 4299268097"},
    {"size of a directory", break_dir_size, "directory of size 100"},
    {"size of a device", break_device_size, "device of size 1"},
    {"used block not marked", break_used_block_unmarked, "but free in the bitmap"},
    {"free block marked", break_free_block_marked, "in no file, but taken in the bitmap"},
    {"log block not marked", break_log_block_unmarked, "not for data, but free in the bitmap"},
    {"links", break_links, "2 links, but 1 names"},
    {"links of a directory", break_dir_links, "1 links, but 2 names"},
    {"lost file", break_lost_file, "1 links, but 0 names"},
    {"name of a free inode", break_entry_to_free, "is inode 1000, which is free"},
    {"slash in a name", break_name, "bad name"},
    {"padding of a name", break_name_padding, "bad name"},
    {"name twice", break_name_twice, "\"b\" is there twice"},
    {".", break_dot, "bad \".\""},
    {"..", break_dot_dot, "bad \"..\""},
    {"directory with two names", break_dir_named_twice, "which has a name already"},
    {"directories in a ring", break_dir_ring, "cannot be reached from the root"},
    {"depth of a bucket", break_bucket_depth, "bucket 0 has a bad header"},
    {"first bit of a bucket", break_bucket_first_bit, "bucket 1 has a bad header"},
    {"child of a bucket", break_bucket_child, "has no bucket 999"},
    {"bucket reached twice", break_bucket_child_twice, "is reached twice"},
    {"lost bucket", break_bucket_lost, "cannot be reached"},
    {"name in the wrong bucket", break_hash_place, "where nobody looks for it"},
    {"orphan not in the table", break_orphan_lost, "has no links, and is no orphan"},
    {"file in the table of orphans", break_orphan_named, "is not one"},
    {"orphan twice in the table", break_orphan_twice, "is in the table twice"},
    {"root", break_root, "the root is no directory"},
};

struct search {
    const char *wanted;
    int is_found;
};

static void
look(void *context, const char *line)
{
    struct search *search = context;

    search->is_found |= strstr(line, search->wanted) != NULL;
}

static void
test_breakages(void **state)
{
    (void)state;
    expect_sound(sound, BLOCKS, "the image before it is broken");
    for (unsigned i = 0; i < COUNT_OF(breakages); i++) {
        struct search search = {breakages[i].says, 0};
        unsigned problems;
        memcpy(image, sound, SIZE);
        breakages[i].run();
        problems = fsck_check(image, SIZE, look, &search);
        expect(problems && search.is_found, "%s: %u problems, none with: %s", breakages[i].name,
               problems, breakages[i].says);
    }
}

/* What programs might do with a disk, whatever is on it. Errors are fine. */
static void
use_disk(void)
{
    static const struct fs_new file = {.type = T_FILE}, dir = {.type = T_DIR};
    static const char *const names[] = {"/a",      "/b",       "/d",      "/d/e",
                                        "/big/n1", "/big/n77", "/console"};
    struct inode *root = root_inode(), *inode;
    int error;

    tree_digest(&error);
    if (fs_create(root, "/d/new", &file, &inode) == 0) {
        fs_write(inode, "x", 300000, 1);
        inode_put(inode);
    }
    if (fs_create(root, "/big/dir", &dir, &inode) == 0)
        inode_put(inode);
    fs_rename(root, "/d/e", "/big/e");
    fs_rename(root, "/big", "/d/big");
    fs_link(root, "/a", "/d/a");
    for (unsigned i = 0; i < COUNT_OF(names); i++)
        fs_unlink(root, names[i]);
    inode_put(root);
    fs_sync();
}

/* Bits that are turned over: in the metadata, in the directories, in the log. */
static void
test_bit_flips(void **state)
{
    unsigned rounds = getenv("DUET_TEST_FULL") ? 3000 : 200;
    struct random random = {7};
    struct memory_disk disk;

    (void)state;
    memory_disk_init(&disk, BLOCKS);
    log_level = -1; /* the kernel's complaints are what is wanted */
    for (unsigned i = 0; i < rounds; i++) {
        unsigned flips = 1 + random_below(&random, 8);
        memcpy(disk.image, sound, SIZE);
        while (flips--) {
            const struct fs_super *s = (void *)sound;
            uint32_t limit = random_below(&random, 3) ? s->data + 40 : BLOCKS;
            uint64_t byte = (uint64_t)random_below(&random, limit) * FS_BLOCK_SIZE;
            byte += random_below(&random, random_below(&random, 2) ? 256 : FS_BLOCK_SIZE);
            disk.image[byte] ^= (uint8_t)(1 << random_below(&random, 8));
        }
        if (i % 4 == 0) /* or the superblock's checksum would stop nearly all that is done to it */
            ((struct fs_super *)(void *)disk.image)->checksum =
                fs_checksum(FS_CHECKSUM_START, disk.image, offsetof(struct fs_super, checksum));
        memcpy(image, disk.image, SIZE);
        fsck_check(image, SIZE, NULL, NULL);
        if (host_mount(&disk.device) == 0)
            use_disk();
    }
    log_level = 0;
    memory_disk_free(&disk);
}

/* A disk without room, without inodes; and the room comes back. */
static void
test_full(void **state)
{
    static const struct fs_new file = {.type = T_FILE, .is_exclusive = true};
    static uint8_t data[FS_BLOCK_SIZE];
    struct memory_disk disk;
    struct inode *root, *inode;
    unsigned written[2] = {0, 0}, made = 0;
    char name[32];
    int error;

    (void)state;
    memory_disk_init(&disk, 512);
    memory_disk_make(&disk, 64);
    root = root_inode();
    for (unsigned round = 0; round < 2; round++) {
        assert_int_equal(fs_create(root, "/f", &file, &inode), 0);
        while ((error = fs_write(inode, data, FS_APPEND, sizeof(data))) > 0)
            written[round]++;
        assert_int_equal(error, -ENOSPC);
        assert_int_equal(
            fs_create(root, "/g", &(struct fs_new){.type = T_DIR}, &(struct inode *){0}), -ENOSPC);
        expect_sound((fs_sync(), disk.image), disk.blocks, "full disk");
        assert_int_equal(fs_unlink(root, "/f"), 0);
        inode_put(inode);
    }
    assert_true(written[0] > 200 && written[0] == written[1]);
    for (;; made++) {
        snprintf(name, sizeof(name), "/i%u", made);
        error = fs_create(root, name, &file, &inode);
        if (error)
            break;
        inode_put(inode);
    }
    assert_int_equal(error, -ENOSPC);
    assert_int_equal(made, 64 - 2); /* without inode 0 and the root */
    while (made--) {
        snprintf(name, sizeof(name), "/i%u", made);
        assert_int_equal(fs_unlink(root, name), 0);
    }
    inode_put(root);
    fs_sync();
    expect_sound(disk.image, disk.blocks, "emptied disk");
    memory_disk_free(&disk);
}

static int
tear_down(void **state)
{
    (void)state;
    free(sound);
    free(image);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breakages),
        cmocka_unit_test(test_bit_flips),
        cmocka_unit_test(test_full),
    };

    return cmocka_run_group_tests_name("fsck", tests, set_up, tear_down);
}

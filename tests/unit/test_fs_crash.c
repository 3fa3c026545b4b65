/*
 * Power cuts: the kernel's file system works on a disk that remembers every write and flush; then,
 * for many moments of that, the disk is made as a power cut could have left it, and mounted.
 *
 * A block that was discarded reads as garbage, so that one that was still wanted is missed.
 *
 * What a cut leaves: all that was written before the last flush, and of what was written after it
 * any part, in any order, down to sectors of a block. What must hold: the mount works, fsck finds
 * nothing, and the tree is exactly as it was after one of the operations between the last one that
 * had been made durable and the last one that had begun.
 *
 * DUET_TEST_FULL=1 in the environment: 400 cuts instead of 80.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fs_memory.h"
#include "tests/unit/unit.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

#define BLOCKS     1024
#define OPERATIONS 1000
#define OPEN_MAX   4 /* files that are kept open, to be deleted meanwhile */

static struct memory_disk disk;
static uint8_t *image; /* what is on the disk after a cut */

/* After each operation: the tree; how many writes and flushes there had been; and the last
 * operation before it that is durable. */
static struct {
    uint64_t digest;
    unsigned events;
    unsigned durable;
} history[OPERATIONS + 1];

static struct inode *open_files[OPEN_MAX];

static void
random_path(struct random *random, char path[32])
{
    static const char *const dirs[] = {"", "a/", "b/", "a/c/", "big/", "big/"};

    snprintf(path, 32, "/%sf%u", dirs[random_below(random, 6)], random_below(random, 24));
}

static int
write_some(struct random *random, struct inode *inode)
{
    uint8_t data[3000];
    uint32_t len = 1 + random_below(random, sizeof(data));
    int kind = (int)random_below(random, 3);
    uint64_t offset = kind == 0 ? FS_APPEND : (uint64_t)random_below(random, kind == 1 ? 20 : 60);

    if (kind == 2)
        offset *= 4096; /* far out: holes, and indirect blocks */
    memset(data, (int)random_below(random, 256), len);
    return fs_write(inode, data, offset, len);
}

/* One operation of the file system, at the most: what is between two of them is nowhere in history.
 */
static void
run_operation(struct random *random, unsigned n)
{
    static const struct fs_new file = {.type = T_FILE}, dir = {.type = T_DIR};
    char path[32], other[32];
    struct inode *root = root_inode(), *inode = NULL;
    unsigned slot = random_below(random, OPEN_MAX);

    random_path(random, path);
    random_path(random, other);
    history[n].durable = history[n - 1].durable;
    switch (random_below(random, 18)) {
    case 0:
    case 1:
        fs_unlink(root, path);
        break;
    case 2:
        fs_rename(root, path, other);
        break;
    case 3:
        fs_link(root, path, other);
        break;
    case 4: /* a directory instead of a file, so that names are of both kinds */
        if (fs_create(root, path, &dir, &inode) == 0)
            inode_put(inode);
        break;
    case 5:
    case 6:
        if (fs_find(root, path, &inode) == 0) {
            fs_truncate(inode, random_below(random, 2) * random_below(random, 9000));
            inode_put(inode);
        }
        break;
    case 7: /* open, then delete */
        if (open_files[slot]) {
            inode_put(open_files[slot]);
            open_files[slot] = NULL;
        } else if (fs_find(root, path, &open_files[slot]) == 0) {
            fs_unlink(root, path);
        }
        break;
    case 8:
        if (journal_commit() == 0)
            history[n].durable = n;
        break;
    case 9:
        if (fs_rename(root, "/a", "/b/a") != 0)
            fs_rename(root, "/b/a", "/a");
        break;
    case 10:
    case 11:
    case 12:
        if (fs_create(root, path, &file, &inode) == 0)
            inode_put(inode);
        break;
    default:
        if (fs_find(root, path, &inode) == 0) {
            write_some(random, inode);
            inode_put(inode);
        }
    }
    inode_put(root);
}

/* A directory that is about to split, and the others. */
static void
make_tree(void)
{
    static const struct fs_new dir = {.type = T_DIR}, file = {.type = T_FILE};
    static const char *const dirs[] = {"/a", "/b", "/a/c", "/big"};
    struct inode *root = root_inode(), *inode;
    char path[32];

    for (unsigned i = 0; i < COUNT_OF(dirs); i++) {
        assert_int_equal(fs_create(root, dirs[i], &dir, &inode), 0);
        inode_put(inode);
    }
    for (unsigned i = 0; i < FS_BUCKET_SLOTS - 8; i++) {
        snprintf(path, sizeof(path), "/big/x%u", i);
        assert_int_equal(fs_create(root, path, &file, &inode), 0);
        inode_put(inode);
    }
    inode_put(root);
    assert_int_equal(fs_sync(), 0);
}

static void
apply(const struct disk_event *event, uint8_t *to)
{
    if (event->data)
        memcpy(to + (uint64_t)event->block * FS_BLOCK_SIZE, event->data, FS_BLOCK_SIZE);
}

/* The disk after a cut before event `cut`, of a disk that was as in `image` before event `from`. */
static void
cut_power(struct random *random, const struct memory_disk *from_disk, unsigned from, unsigned cut)
{
    unsigned flushed = from, chance = random_below(random, 4);

    for (unsigned i = from; i < cut; i++)
        if (!from_disk->events[i].data)
            flushed = i;
    for (unsigned i = from; i < flushed; i++)
        apply(&from_disk->events[i], image);
    for (unsigned i = flushed; i < cut; i++) {
        const struct disk_event *event = &from_disk->events[i];
        if (!event->data || random_below(random, 4) < chance)
            continue; /* it never arrived */
        for (unsigned sector = 0; sector < FS_BLOCK_SIZE; sector += BLOCK_SECTOR)
            if (random_below(random, 16) != 0)
                memcpy(image + (uint64_t)event->block * FS_BLOCK_SIZE + sector,
                       event->data + sector, BLOCK_SECTOR);
    }
}

/* Fails if not: what was in the log is where it belongs, for good; then block 1 says that the log
 * begins behind it, for good; and only then is the log written over. Cuts seldom find that. */
static void
expect_order(const struct memory_disk *of, const char *what)
{
    enum { LOG, HOME, HOME_FLUSHED, HEADER } state = LOG;

    for (unsigned i = 0; i < of->event_count; i++) {
        const struct disk_event *event = &of->events[i];
        if (!event->data) {
            state = state == HOME ? HOME_FLUSHED : state == HEADER ? LOG : state;
        } else if (event->block == FS_JOURNAL_BLOCK) {
            expect(state != HOME, "%s: event %u, block 1, before a flush", what, i);
            state = HEADER;
        } else {
            expect(state != HEADER, "%s: event %u, block %u, before the flush of block 1", what, i,
                   event->block);
            if (event->block < fs_super.log && !event->is_discard)
                state = HOME;
            expect(state == LOG || event->block < fs_super.log,
                   "%s: event %u, block %u of the log, before block 1", what, i, event->block);
        }
    }
    expect(state == LOG, "%s: block 1 is not written, or not for good", what);
}

/* Mount what is in `image`; its digest. With a `second` cut, the power goes again during that. */
static uint64_t
recover(struct random *random, int is_cut_again, const char *what)
{
    struct memory_disk again;
    uint64_t digest;
    int error;

    memory_disk_init(&again, BLOCKS);
    memcpy(again.image, image, (uint64_t)BLOCKS * FS_BLOCK_SIZE);
    again.is_recording = 1;
    error = host_mount(&again.device);
    expect(error == 0, "%s: cannot be mounted: error %d", what, -error);
    expect_order(&again, what);
    if (is_cut_again && again.event_count) {
        unsigned cut = random_below(random, again.event_count + 1);
        while (cut && cut < again.event_count && again.events[cut - 1].block != FS_JOURNAL_BLOCK)
            cut++;
        cut_power(random, &again, 0, cut);
        memory_disk_free(&again);
        return recover(random, 0, what);
    }
    assert_int_equal(fs_sync(), 0);
    expect_sound(again.image, BLOCKS, what);
    for (unsigned i = 0; i < FS_BLOCK_SIZE; i++)
        expect(again.image[FS_ORPHAN_BLOCK * FS_BLOCK_SIZE + i] == 0, "%s: an orphan is left",
               what);
    digest = tree_digest(&error);
    expect(error == 0, "%s: cannot be read: error %d", what, -error);
    memory_disk_free(&again);
    return digest;
}

/* Whether the order of writes and flushes matters most right before event `cut`: block 1 has been
 * written; a block been discarded; or a whole transaction is on its way to the log, of which any
 * part may arrive. */
static bool
is_risky(unsigned cut, unsigned risk)
{
    const struct disk_event *last = &disk.events[cut - 1];

    switch (risk) {
    case 0:
        return last->block == FS_JOURNAL_BLOCK;
    case 1:
        return last->is_discard;
    default:
        return last->data && last->block >= fs_super.log && !disk.events[cut].data;
    }
}

/* Any moment; or, as often, a risky one. */
static unsigned
choose_cut(struct random *random, unsigned n)
{
    unsigned cut = random_below(random, disk.event_count + 1);

    while (n % 2 && cut && cut < disk.event_count && !is_risky(cut, n / 2 % 3))
        cut++;
    return cut;
}

/* The operations that may have been the last one that is on the disk. */
static void
expect_in_history(uint64_t digest, unsigned cut, const char *what)
{
    unsigned last = 0, first;

    while (last < OPERATIONS && history[last].events < cut)
        last++;
    first = last ? history[last - 1].durable : 0;
    for (unsigned i = first; i <= last; i++)
        if (history[i].digest == digest)
            return;
    for (unsigned i = 0; i <= OPERATIONS; i++)
        expect(history[i].digest != digest,
               "%s: the tree is as after operation %u, but must be of %u to %u", what, i, first,
               last);
    expect(0, "%s: the tree is as it never was", what);
}

static void
test_cuts(void **state)
{
    unsigned cuts = getenv("DUET_TEST_FULL") ? 400 : 80;
    struct random random = {20251};
    uint8_t *base = malloc((uint64_t)BLOCKS * FS_BLOCK_SIZE);
    int error;

    (void)state;
    image = malloc((uint64_t)BLOCKS * FS_BLOCK_SIZE);
    assert_true(base && image);
    memory_disk_init(&disk, BLOCKS);
    memory_disk_make(&disk, 1024);
    make_tree();
    memcpy(base, disk.image, (uint64_t)BLOCKS * FS_BLOCK_SIZE);
    disk.is_recording = 1;
    history[0].digest = tree_digest(&error);
    for (unsigned n = 1; n <= OPERATIONS; n++) {
        run_operation(&random, n);
        history[n].digest = tree_digest(&error);
        assert_int_equal(error, 0);
        history[n].events = disk.event_count;
    }
    assert_true(disk.event_count > 1000); /* the log has gone round many times */
    assert_true(disk.discards > 5);
    expect_order(&disk, "operations");

    for (unsigned i = 0; i < cuts; i++) {
        unsigned cut = choose_cut(&random, i);
        char what[64];
        snprintf(what, sizeof(what), "cut %u of %u, at event %u", i, cuts, cut);
        memcpy(image, base, (uint64_t)BLOCKS * FS_BLOCK_SIZE);
        cut_power(&random, &disk, 0, cut);
        expect_in_history(recover(&random, i % 5 < 2, what), cut, what);
    }
    free(base);
    free(image);
    memory_disk_free(&disk);
}

/* Fails if a block is neither taken nor discarded, or is both. */
static void
expect_free_discarded(const struct memory_disk *of)
{
    const uint8_t *bitmap = of->image + (uint64_t)fs_super.block_bitmap * FS_BLOCK_SIZE;

    for (uint32_t block = fs_super.data; block < fs_super.log; block++) {
        const uint8_t *data = of->image + (uint64_t)block * FS_BLOCK_SIZE;
        unsigned count = 0;

        while (count < FS_BLOCK_SIZE && data[count] == DISCARDED)
            count++;
        expect((count == FS_BLOCK_SIZE) != (bitmap[block / 8] >> block % 8 & 1), "block %u is %s",
               block, count == FS_BLOCK_SIZE ? "taken and discarded" : "free");
    }
}

/* All that is free is discarded at a checkpoint, and no other block: after a mount, after files
 * went and others came in their place; also if that is cut short, and done by the next. */
static void
test_discards(void **state)
{
    static const struct fs_new file = {.type = T_FILE};
    struct memory_disk small;
    struct inode *root, *inode;
    char path[32], data[1000];
    unsigned discards;

    (void)state;
    memory_disk_init(&small, BLOCKS);
    memory_disk_make(&small, 1024);
    for (unsigned i = 0; i < 300; i++) {
        root = root_inode();
        snprintf(path, sizeof(path), "/f%u", i % 50);
        memset(data, (int)i, sizeof(data));
        fs_unlink(root, path);
        assert_int_equal(fs_create(root, path, &file, &inode), 0);
        for (unsigned block = 0; block <= i % 40; block++)
            assert_int_equal(fs_write(inode, data, block * FS_BLOCK_SIZE, sizeof(data)),
                             sizeof(data));
        inode_put(inode);
        if (i % 3 == 0)
            fs_unlink(root, path);
        inode_put(root);
        if (i == 200) /* what was noted is forgotten */
            assert_int_equal(host_mount(&small.device), 0);
        if (i % 50 == 49) {
            assert_int_equal(fs_sync(), 0);
            expect_free_discarded(&small);
        }
    }
    discards = small.discards;
    assert_int_equal(fs_sync(), 0); /* nothing has happened: nothing to tell */
    assert_int_equal(small.discards, discards);
    expect_sound(small.image, BLOCKS, "discards");
    memory_disk_free(&small);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_discards),
    };

    return cmocka_run_group_tests_name("fs_crash", tests, NULL, NULL);
}

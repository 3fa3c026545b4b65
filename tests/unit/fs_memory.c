/* The disk in memory, and the digest. */
#include "tests/unit/fs_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"

static void
record(struct memory_disk *disk, uint32_t block, const void *data, bool is_discard)
{
    struct disk_event *event;

    if (!disk->is_recording)
        return;
    if (disk->event_count == disk->event_room) {
        disk->event_room = disk->event_room ? 2 * disk->event_room : 1024;
        disk->events = realloc(disk->events, disk->event_room * sizeof(*disk->events));
        assert_non_null(disk->events);
    }
    event = &disk->events[disk->event_count++];
    event->block = block;
    event->is_discard = is_discard;
    event->data = data ? malloc(FS_BLOCK_SIZE) : NULL;
    if (data)
        memcpy(event->data, data, FS_BLOCK_SIZE);
}

static void
submit(struct block_device *device, struct block_request *request)
{
    struct memory_disk *disk = device->driver;
    uint8_t *at = disk->image + request->sector * BLOCK_SECTOR;

    switch (request->op) {
    case BLOCK_READ:
        memcpy(request->buffer, at, request->len);
        break;
    case BLOCK_WRITE:
        assert_int_equal(request->len, FS_BLOCK_SIZE);
        assert_int_equal(request->sector % (FS_BLOCK_SIZE / BLOCK_SECTOR), 0);
        memcpy(at, request->buffer, request->len);
        record(disk, (uint32_t)(request->sector / (FS_BLOCK_SIZE / BLOCK_SECTOR)), request->buffer,
               false);
        break;
    case BLOCK_DISCARD: /* as if it were written over */
        assert_int_equal(request->len % FS_BLOCK_SIZE, 0);
        assert_int_equal(request->sector % (FS_BLOCK_SIZE / BLOCK_SECTOR), 0);
        memset(at, DISCARDED, request->len);
        for (uint64_t done = 0; done < request->len; done += FS_BLOCK_SIZE)
            record(disk, (uint32_t)((request->sector * BLOCK_SECTOR + done) / FS_BLOCK_SIZE),
                   at + done, true);
        disk->discards++;
        break;
    case BLOCK_FLUSH:
        record(disk, UINT32_MAX, NULL, false);
        break;
    default:
        request->status = -ENOSYS;
    }
    request->done(request);
}

void
memory_disk_init(struct memory_disk *disk, uint32_t blocks)
{
    *disk = (struct memory_disk){
        .device = {.name = "memory",
                   .sectors = (uint64_t)blocks * (FS_BLOCK_SIZE / BLOCK_SECTOR),
                   .submit = submit,
                   .driver = disk},
        .image = calloc(blocks, FS_BLOCK_SIZE),
        .blocks = blocks,
    };
    assert_non_null(disk->image);
}

void
memory_disk_forget_events(struct memory_disk *disk)
{
    for (unsigned i = 0; i < disk->event_count; i++)
        free(disk->events[i].data);
    free(disk->events);
    disk->events = NULL;
    disk->event_count = disk->event_room = 0;
}

void
memory_disk_free(struct memory_disk *disk)
{
    memory_disk_forget_events(disk);
    free(disk->image);
}

void
memory_disk_make(struct memory_disk *disk, uint32_t inodes)
{
    assert_int_equal(make_file_system(&disk->device, disk->blocks, inodes), 0);
    assert_int_equal(host_mount(&disk->device), 0);
}

struct problems {
    char text[1024];
};

static void
add_problem(void *context, const char *line)
{
    struct problems *problems = context;
    size_t len = strlen(problems->text);

    snprintf(problems->text + len, sizeof(problems->text) - len, "%s\n", line);
}

void
expect_sound(const uint8_t *image, uint32_t blocks, const char *what)
{
    struct problems problems = {""};
    uint64_t size = (uint64_t)blocks * FS_BLOCK_SIZE;
    uint8_t *copy = malloc(size);
    unsigned count;

    assert_non_null(copy);
    memcpy(copy, image, size);
    count = fsck_check(copy, size, add_problem, &problems);
    free(copy);
    expect(count == 0, "%s: fsck finds %u problems:\n%s", what, count, problems.text);
}

struct inode *
root_inode(void)
{
    return inode_get(FS_ROOT);
}

static uint64_t
mix(uint64_t hash, const void *data, size_t len)
{
    const uint8_t *byte = data;

    while (len--)
        hash = (hash ^ *byte++) * 0x100000001b3;
    return hash;
}

static uint64_t
digest_inode(struct inode *inode, unsigned depth, int *error)
{
    static uint8_t data[FS_BLOCK_SIZE];
    struct fs_bucket bucket;
    uint64_t hash = 0xcbf29ce484222325, sum = 0, offset = 0;
    int64_t n;

    *error = *error ? *error : inode_lock(inode);
    if (*error)
        return 0;
    hash = mix(hash, &inode->disk.type, 4); /* and the links */
    if (inode->disk.type != T_DIR) {
        hash = mix(hash, &inode->disk.size, 8);
        while ((n = inode_read(inode, data, offset, sizeof(data))) > 0) {
            hash = mix(hash, data, (size_t)n);
            offset += (uint64_t)n;
        }
        *error = n < 0 ? (int)n : 0;
        inode_unlock(inode);
        return hash;
    }
    inode_unlock(inode);
    while ((n = inode_read(inode, &bucket, offset, sizeof(bucket))) == sizeof(bucket)) {
        for (unsigned i = offset == 0 ? 2 : 0; i < FS_BUCKET_SLOTS && !*error; i++) {
            struct fs_dirent *entry = &bucket.entry[i];
            struct inode *child = entry->inode && depth < 20 ? inode_get(entry->inode) : NULL;
            if (!child)
                continue;
            /* A sum: where in the directory an entry is does not matter. */
            sum += mix(digest_inode(child, depth + 1, error), entry->name, FS_NAME_MAX);
            inode_put(child);
        }
        offset += sizeof(bucket);
    }
    if (n < 0 && !*error)
        *error = (int)n;
    return mix(hash, &sum, sizeof(sum));
}

uint64_t
tree_digest(int *error)
{
    struct inode *root = root_inode();
    uint64_t digest;

    *error = 0;
    digest = digest_inode(root, 0, error);
    inode_put(root);
    return digest;
}

uint32_t
random_below(struct random *random, uint32_t limit)
{
    random->state = random->state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(random->state >> 33) % limit;
}

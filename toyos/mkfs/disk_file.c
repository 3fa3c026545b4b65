/* A file as a block device. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "toyos/kernel/fs/format.h"
#include "toyos/mkfs/host.h"

static int fd = -1;
static const char *path;

static int
transfer(const struct block_request *request)
{
    char *buffer = request->buffer;

    for (uint64_t done = 0; done < request->len;) {
        off_t offset = (off_t)(request->sector * BLOCK_SECTOR + done);
        size_t left = request->len - done;
        ssize_t n = request->op == BLOCK_READ ? pread(fd, buffer + done, left, offset)
                                              : pwrite(fd, buffer + done, left, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || (n == 0 && request->op != BLOCK_READ))
            return -EIO;
        if (n == 0) { /* a truncated file: the rest reads as zeros */
            memset(buffer + done, 0, left);
            return 0;
        }
        done += (uint64_t)n;
    }
    return 0;
}

static int
discard(const struct block_request *request)
{
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  (off_t)(request->sector * BLOCK_SECTOR), (off_t)request->len) == 0)
        return 0;
    return errno == EOPNOTSUPP ? -ENOSYS : -EIO;
}

static void
submit(struct block_device *device, struct block_request *request)
{
    (void)device;
    if (request->op == BLOCK_READ || request->op == BLOCK_WRITE)
        request->status = transfer(request);
    else if (request->op == BLOCK_DISCARD)
        request->status = discard(request);
    request->done(request);
}

static struct block_device device = {.submit = submit};

/* The size in blocks by the superblock; a truncated file has fewer. */
static uint32_t
block_count(void)
{
    struct fs_super super;
    off_t size = lseek(fd, 0, SEEK_END);

    if (pread(fd, &super, sizeof(super), 0) != sizeof(super) || super.magic != FS_MAGIC)
        return size < 0 ? 0 : (uint32_t)(size / FS_BLOCK_SIZE);
    return super.block_count;
}

static struct block_device *
open_file(const char *name, int flags, bool is_read_only)
{
    fd = open(name, flags, 0666);
    if (fd < 0) {
        fprintf(stderr, "mkfs: %s: %s\n", name, strerror(errno));
        return NULL;
    }
    path = name;
    device.name = name;
    device.is_read_only = is_read_only;
    return &device;
}

struct block_device *
disk_file_open(const char *name, bool is_read_only)
{
    if (!open_file(name, is_read_only ? O_RDONLY : O_RDWR, is_read_only))
        return NULL;
    device.sectors = (uint64_t)block_count() * (FS_BLOCK_SIZE / BLOCK_SECTOR);
    return &device;
}

struct block_device *
disk_file_create(const char *name, uint32_t blocks)
{
    if (!open_file(name, O_RDWR | O_CREAT | O_TRUNC, false))
        return NULL;
    device.sectors = (uint64_t)blocks * (FS_BLOCK_SIZE / BLOCK_SECTOR);
    if (ftruncate(fd, (off_t)blocks * FS_BLOCK_SIZE) == 0)
        return &device;
    fprintf(stderr, "mkfs: %s: %s\n", name, strerror(errno));
    return NULL;
}

bool
disk_file_close(uint32_t blocks)
{
    if ((blocks && ftruncate(fd, (off_t)blocks * FS_BLOCK_SIZE) < 0) || close(fd) < 0) {
        fprintf(stderr, "mkfs: %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

uint8_t *
disk_file_map(const char *name, uint64_t *size)
{
    struct fs_super super = {0};
    int file = open(name, O_RDONLY);
    off_t len = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    uint8_t *image;

    if (len < 0 || pread(file, &super, sizeof(super), 0) < 0) {
        fprintf(stderr, "mkfs: %s: %s\n", name, strerror(errno));
        return NULL;
    }
    *size = (uint64_t)len;
    if (super.magic == FS_MAGIC && super.block_count <= FS_BLOCKS_MAX &&
        (uint64_t)super.block_count * FS_BLOCK_SIZE > *size)
        *size = (uint64_t)super.block_count * FS_BLOCK_SIZE;
    image = mmap(NULL, *size + 1, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (image == MAP_FAILED || (len && mmap(image, (size_t)len, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)) {
        fprintf(stderr, "mkfs: %s: %s\n", name, strerror(errno));
        return NULL;
    }
    close(file);
    return image;
}

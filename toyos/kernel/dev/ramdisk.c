/* The RAM disk. A request has ended when submit returns. */
#include "toyos/kernel/dev/ramdisk.h"

#include <string.h>

#include "common/riscv.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/dev/block.h"

/* Constant after boot. */
static char *image_start, *extra_start;
static uint64_t image_len;

/* One bit for each page of `extra` that has been written. The lock keeps the bytes of the bitmap
 * whole. Two simultaneous requests for one sector are as undefined as on any disk. */
static struct lock ramdisk_lock = LOCK_INIT("ramdisk");
static uint8_t written[RAMDISK_EXTRA_MAX / PAGE_SIZE / 8];

/* The page of `extra` at `offset`. Before a write its contents are made defined. */
static char *
extra_page(uint64_t offset, bool is_write)
{
    uint64_t n = (offset - image_len) / PAGE_SIZE;
    char *page = extra_start + n * PAGE_SIZE;
    uint8_t bit = (uint8_t)(1 << n % 8);

    lock_acquire(&ramdisk_lock);
    if (!(written[n / 8] & bit)) {
        if (is_write) {
            memset(page, 0, PAGE_SIZE);
            written[n / 8] |= bit;
        } else {
            page = NULL;
        }
    }
    lock_release(&ramdisk_lock);
    return page;
}

/* Copies to or from the disk, at most to the end of the page at `offset`. */
static void
copy(const struct block_request *request, uint64_t offset, char *buffer, uint64_t len)
{
    bool is_write = request->op == BLOCK_WRITE;
    char *page = offset < image_len ? image_start + offset - offset % PAGE_SIZE
                                    : extra_page(offset, is_write);

    if (!page)
        memset(buffer, 0, len);
    else if (is_write)
        memcpy(page + offset % PAGE_SIZE, buffer, len);
    else
        memcpy(buffer, page + offset % PAGE_SIZE, len);
}

static void
ramdisk_submit(struct block_device *device, struct block_request *request)
{
    uint64_t offset = request->sector * BLOCK_SECTOR, piece;
    char *buffer = request->buffer;

    (void)device;
    if (request->op == BLOCK_READ || request->op == BLOCK_WRITE) {
        for (uint64_t done = 0; done < request->len; done += piece) {
            piece = PAGE_SIZE - (offset + done) % PAGE_SIZE;
            if (piece > request->len - done)
                piece = request->len - done;
            copy(request, offset + done, buffer + done, piece);
        }
    } else if (request->op == BLOCK_DISCARD) {
        request->status = -ENOSYS; /* the memory has no other use */
    }
    request->done(request);
}

static struct block_device ramdisk = {.name = "ram0", .submit = ramdisk_submit};

void
ramdisk_init(void *image, uint64_t image_size, void *extra, uint64_t size)
{
    if (size > image_size + RAMDISK_EXTRA_MAX)
        size = image_size + RAMDISK_EXTRA_MAX;
    image_start = image;
    image_len = image_size;
    extra_start = extra;
    ramdisk.sectors = size / BLOCK_SECTOR;
    if (!block_register(&ramdisk))
        panic("too many disks");
}

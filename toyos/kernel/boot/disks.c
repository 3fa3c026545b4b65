/* Chooses the memory for the buffer cache and the disk for the file system. */
#include "toyos/kernel/boot/disks.h"

#include "common/riscv.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/dev/block.h"
#include "toyos/kernel/dev/ramdisk.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/mm/pagetable.h"

#define CACHE_SHARE 32 /* the buffer cache gets RAM / CACHE_SHARE, within these limits */
#define CACHE_MIN   (1ul << 20)
#define CACHE_MAX   (64ul << 20)

extern char image_start[], image_end[];

/* Constant after boot */
static struct {
    char *start;
    uint64_t len, size; /* of what is there, and of the disk */
} image;
static void *extra, *cache;
static uint64_t cache_size;

/* Takes a piece from the end of the largest range; NULL if no range is large enough. */
static void *
reserve(struct ranges *free, uint64_t size)
{
    struct range *largest = &free->range[0];

    for (unsigned i = 1; i < free->count; i++)
        if (free->range[i].end - free->range[i].start > largest->end - largest->start)
            largest = &free->range[i];
    if (free->count == 0 || largest->end - largest->start <= size)
        return NULL;
    largest->end -= size;
    return pa_to_kva(largest->end);
}

void
disks_reserve(struct ranges *free, struct range initrd)
{
    bool is_initrd = initrd.end > initrd.start;
    uint64_t ram = 0;

    for (unsigned i = 0; i < free->count; i++)
        ram += free->range[i].end - free->range[i].start;
    image.start = is_initrd ? pa_to_kva(initrd.start) : image_start;
    image.len = is_initrd ? initrd.end - initrd.start : (uint64_t)(image_end - image_start);
    image.size = fs_image_size(image.start, image.len);
    if (!image.size)
        panic("%s: no file system of toyos: make one with mkfs", is_initrd ? "initrd" : "image");
    image.len &= -(uint64_t)PAGE_SIZE;
    if (image.len > image.size)
        image.len = image.size;
    cache_size = ram / CACHE_SHARE & -(uint64_t)PAGE_SIZE;
    if (cache_size < CACHE_MIN)
        cache_size = CACHE_MIN;
    if (cache_size > CACHE_MAX)
        cache_size = CACHE_MAX;
    cache = reserve(free, cache_size);
    extra = image.size > image.len ? reserve(free, image.size - image.len) : NULL;
    if (!cache || (image.size > image.len && !extra))
        panic("too little memory: the RAM disk wants %lu KiB, the buffer cache %lu KiB",
              (image.size - image.len) >> 10, cache_size >> 10);
}

void
disks_mount(void)
{
    struct block_device *root;

    ramdisk_init(image.start, image.len, extra, image.size);
    root = block_find("disk0");
    if (root && !fs_is_on(root)) {
        log_warn("%s: no file system of toyos on it: ram0 is the root", root->name);
        root = NULL;
    }
    if (!root)
        root = block_find("ram0");
    if (fs_mount(root, cache, cache_size) < 0)
        panic("%s: cannot mount it as the root", root->name);
    log_info("%s is the root", root->name);
}

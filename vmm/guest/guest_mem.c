/* The guest's RAM: an anonymous mapping between two guard pages. */
#include "vmm/guest/guest_mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/riscv.h"
#include "vmm/log.h"

int
guest_mem_create(struct guest_mem *mem, uint64_t base, uint64_t size)
{
    unsigned char *area = mmap(NULL, size + 2 * GUEST_MEM_GUARD, PROT_NONE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (area == MAP_FAILED)
        return fail_errno("cannot map %llu MiB of guest memory", (unsigned long long)size >> 20);
    if (mprotect(area + GUEST_MEM_GUARD, size, PROT_READ | PROT_WRITE)) {
        fail_errno("cannot open %llu MiB of guest memory", (unsigned long long)size >> 20);
        munmap(area, size + 2 * GUEST_MEM_GUARD);
        return -1;
    }
    *mem = (struct guest_mem){
        .base = base, .size = size, .hva = area + GUEST_MEM_GUARD, .file_fd = -1};
    return 0;
}

int
guest_mem_create_from(struct guest_mem *mem, uint64_t base, uint64_t size, int fd, int64_t offset)
{
    if (guest_mem_create(mem, base, size))
        return -1;
    if (guest_mem_map(mem, fd, offset)) {
        guest_mem_destroy(mem);
        return -1;
    }
    return 0;
}

int
guest_mem_map(struct guest_mem *mem, int fd, int64_t offset)
{
    if (mmap(mem->hva, mem->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
             fd, (off_t)offset) == MAP_FAILED)
        return fail_errno("cannot map %llu MiB of guest memory from the file",
                          (unsigned long long)mem->size >> 20);
    mem->file_fd = fd;
    mem->file_offset = offset;
    return 0;
}

void
guest_mem_destroy(struct guest_mem *mem)
{
    if (mem->hva)
        munmap(mem->hva - GUEST_MEM_GUARD, mem->size + 2 * GUEST_MEM_GUARD);
    mem->hva = NULL;
    free(mem->written);
    mem->written = NULL;
}

void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    uint64_t offset = gpa - mem->base;

    /* An address below the base wraps around to a huge offset. */
    if (offset > mem->size || len > mem->size - offset)
        return NULL;
    return mem->hva + offset;
}

/* Clears what of the range is in pages of 2 MiB, and returns how many bytes that is. They are kept:
 * once in the host's reserve again, another process could have them, and the guest's next touch
 * would end duet. */
static uint64_t
huge_clear(const struct guest_mem *mem, unsigned char *pages, uint64_t len)
{
    uint64_t offset = (uint64_t)(pages - mem->hva), left;

    if (offset >= mem->huge)
        return 0;
    left = mem->huge - offset;
    memset(pages, 0, len < left ? len : left);
    return len < left ? len : left;
}

/* Of whole pages. 0, or -1 with errno set. */
static int
pages_release(const struct guest_mem *mem, unsigned char *pages, uint64_t len)
{
    uint64_t cleared = huge_clear(mem, pages, len);

    pages += cleared;
    len -= cleared;
    if (len == 0)
        return 0;
    if (mem->file_fd < 0)
        return madvise(pages, len, MADV_DONTNEED);
    /* That would bring back what is in the file. */
    return mmap(pages, len, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED
               ? -1
               : 0;
}

int
guest_mem_release(const struct guest_mem *mem, void *pages, uint64_t len)
{
    int failed;

    if ((uintptr_t)pages % PAGE_SIZE || len % PAGE_SIZE) {
        errno = EINVAL;
        return -1;
    }
    failed = pages_release(mem, pages, len);
    guest_mem_written(mem, pages, len);
    return failed;
}

int
guest_mem_watch(struct guest_mem *mem)
{
    /* A word for each 64 pages; it stays until RAM goes, for other threads may be about to write to
     * it. */
    if (!mem->written)
        mem->written = calloc(mem->size / PAGE_SIZE / 64 + 1, sizeof(*mem->written));
    return mem->written ? 0 : -1;
}

void
guest_mem_note(const struct guest_mem *mem, const void *at, uint64_t len)
{
    uint64_t offset = (uint64_t)((const unsigned char *)at - mem->hva);

    if (len == 0)
        return;
    for (uint64_t page = offset / PAGE_SIZE; page <= (offset + len - 1) / PAGE_SIZE; page++)
        __atomic_fetch_or(&mem->written[page / 64], (uint64_t)1 << page % 64, __ATOMIC_RELEASE);
}

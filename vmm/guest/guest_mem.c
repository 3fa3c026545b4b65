/* The guest's RAM: an anonymous mapping between two guard pages. */
#include "vmm/guest/guest_mem.h"

#include <errno.h>
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

int
guest_mem_release(const struct guest_mem *mem, void *pages, uint64_t len)
{
    uint64_t cleared;

    if ((uintptr_t)pages % PAGE_SIZE || len % PAGE_SIZE) {
        errno = EINVAL;
        return -1;
    }
    cleared = huge_clear(mem, pages, len);
    pages = (char *)pages + cleared;
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

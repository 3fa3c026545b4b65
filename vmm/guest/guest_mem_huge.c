/*
 * The guest's RAM in pages of 2 MiB, from those that the host has reserved (hugetlbfs). KVM maps
 * such a page for the guest at once; the pages of other memory it maps one by one, each 4 KiB, also
 * where the host itself uses larger ones (transparent huge pages; Linux 6.12).
 */
#include "vmm/guest/guest_mem.h"

#include <errno.h>
#include <linux/mman.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "common/riscv.h"

static unsigned char *
align_up(unsigned char *address)
{
    return (unsigned char *)(((uintptr_t)address + HUGE_PAGE_SIZE - 1) & -HUGE_PAGE_SIZE);
}

/* RAM at `hva`: what fills large pages, and the rest. */
static bool
ram_map(unsigned char *hva, uint64_t huge, uint64_t size)
{
    /* Without MAP_NORESERVE, so that all of the pages are this process's own from now on: a touch
     * that found none left would be a SIGBUS. */
    return mmap(hva, huge, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB | MAP_HUGE_2MB, -1,
                0) != MAP_FAILED &&
           (huge == size || mprotect(hva + huge, size - huge, PROT_READ | PROT_WRITE) == 0);
}

int
guest_mem_create_huge(struct guest_mem *mem, uint64_t base, uint64_t size)
{
    uint64_t huge = size & -HUGE_PAGE_SIZE, room = size + HUGE_PAGE_SIZE + 2 * GUEST_MEM_GUARD;
    unsigned char *area, *hva;
    int error;

    area = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED)
        return -1;
    hva = align_up(area +
                   GUEST_MEM_GUARD); /* KVM wants it aligned as the guest's address, `base`, is */
    if (!ram_map(hva, huge, size)) {
        error = errno;
        munmap(area, room);
        errno = error;
        return -1;
    }
    /* What lies around the two guards. */
    if (hva - GUEST_MEM_GUARD > area)
        munmap(area, (size_t)(hva - GUEST_MEM_GUARD - area));
    if (hva + size + GUEST_MEM_GUARD < area + room)
        munmap(hva + size + GUEST_MEM_GUARD,
               (size_t)(area + room - (hva + size + GUEST_MEM_GUARD)));
    *mem = (struct guest_mem){.base = base, .size = size, .hva = hva, .huge = huge, .file_fd = -1};
    return 0;
}

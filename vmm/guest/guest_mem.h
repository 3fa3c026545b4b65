/*
 * The guest's RAM, and the only way from a guest physical address to a pointer.
 *
 * The guest runs while the VMM looks at its RAM, and may change any byte at any time: read what
 * you decide upon once, into a variable of your own, before you check it.
 */
#ifndef DUET_VMM_GUEST_MEM_H
#define DUET_VMM_GUEST_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/riscv.h"

/* Bytes before and after RAM that nobody may touch: a bug in duet is a crash then, and not a leak.
 */
#define GUEST_MEM_GUARD PAGE_SIZE

/* Linux for RISC-V has others, too, but not on every machine. */
#define HUGE_PAGE_SIZE ((uint64_t)2 << 20)

struct guest_mem {
    uint64_t base;       /* guest physical address of the first byte */
    uint64_t size;       /* bytes, a multiple of the page size */
    unsigned char *hva;  /* where it is mapped in this process; use guest_mem_slice() */
    uint64_t huge;       /* bytes from the first on that are in pages of HUGE_PAGE_SIZE */
    int file_fd;         /* the file that it was mapped from, copy-on-write; -1: none */
    int64_t file_offset; /* the offset of its first byte in that file */
    uint64_t *written;   /* a bit a page, of those that duet has written to; NULL: nobody asks */
};

/* Maps `size` bytes of zeroed RAM that the guest will see at `base`. 0, or -1 after saying why. */
int guest_mem_create(struct guest_mem *mem, uint64_t base, uint64_t size);

/* The same in pages of 2 MiB, but for what is left of `size` over whole ones; `base` is a multiple
 * of them. They are taken from the host's reserve, all at once. 0, or -1 with errno set: ENOMEM if
 * there are too few, EINVAL if this host has no such pages. */
int guest_mem_create_huge(struct guest_mem *mem, uint64_t base, uint64_t size);

/* As guest_mem_create(), but RAM begins as what is in the file from `offset` on, a multiple of the
 * page size. Nothing is written to the file; it must stay as it is, and open, for as long as RAM is
 * there. */
int guest_mem_create_from(struct guest_mem *mem, uint64_t base, uint64_t size, int fd,
                          int64_t offset);

/* Puts what is in the file from `offset` on in the place of RAM that has been made already, for as
 * long as the file is open: nobody may write to RAM meanwhile. 0, or -1 after saying why: RAM is
 * as it was then. */
int guest_mem_map(struct guest_mem *mem, int fd, int64_t offset);

/* Unmaps the RAM. */
void guest_mem_destroy(struct guest_mem *mem);

/* The `len` bytes at guest physical address `gpa`, or NULL unless all of them are RAM. A length of
 * 0 is good at any address in RAM and at its end. */
void *guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len);

/* Gives whole pages, from guest_mem_slice(), back to the host; they read as zeroes from now on.
 * What is in pages of 2 MiB is cleared and kept. 0, or -1 with errno set: EINVAL if the range is
 * not whole pages. */
int guest_mem_release(const struct guest_mem *mem, void *pages, uint64_t len);

/* From here on duet's own writes to RAM, which KVM's log of written pages does not know, are noted
 * in `written`. Nobody may write meanwhile: harts and devices are paused. 0, or -1 with errno set.
 */
int guest_mem_watch(struct guest_mem *mem);

/* Notes that duet has written to `len` bytes of RAM, after it has. Whoever sends pages takes a bit
 * first and then reads the page, so one that is written to later is sent again. From any thread. */
void guest_mem_note(const struct guest_mem *mem, const void *at, uint64_t len);

static inline void
guest_mem_written(const struct guest_mem *mem, const void *at, uint64_t len)
{
    if (mem->written)
        guest_mem_note(mem, at, len);
}

#endif

/* Files with the guest's RAM in them: pages that are all zeroes are left out. */
#ifndef DUET_VMM_RAM_H
#define DUET_VMM_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/guest/guest_mem.h"
#include "vmm/state/keeper.h"

/* What writing takes, before the sandbox closes: opens what tells pages that were never used from
 * others. 0, or -1 after saying why. */
int ram_open(void);
void ram_close(void);

/* Whether the page has nothing but zeroes. */
bool ram_page_is_zero(const unsigned char *page);

/* Where RAM is in a file whose head has `len` bytes: on the next page. */
uint64_t ram_offset(size_t len);

/* Writes a new file, of this fd: `len` bytes of head, and RAM behind it. 0, or -1 with errno set.
 * On the owner. */
int ram_write(int fd, const struct guest_mem *mem, const void *head, size_t len);

/* Writes the file at `path` anew, the one that `file` keeps: `len` bytes of head, RAM behind it,
 * and behind that what `more` writes, from this offset on, unless it is NULL: 0, or -1 with errno
 * set. 0, or -1 after saying why: the old file stays then. On the owner. */
int ram_file_write(enum keeper_file file, const char *path, const struct guest_mem *mem,
                   const void *head, size_t len, int (*more)(int fd, off_t offset));

#endif

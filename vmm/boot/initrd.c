/* The initial RAM disk. */
#include "vmm/boot/initrd.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/riscv.h"
#include "vmm/boot/elf_image.h"
#include "vmm/guest/guest_mem.h"
#include "vmm/log.h"

int
initrd_open(const char *path)
{
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    return fd >= 0 ? fd : fail_errno("%s", path);
}

/* Reads `size` bytes, the whole file. */
static int
file_read(const char *path, int fd, unsigned char *to, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        ssize_t got = pread(fd, to + done, size - done, (off_t)done);

        if (got > 0)
            done += (uint64_t)got;
        else if (got == 0)
            return fail("%s: became shorter while it was loaded", path);
        else if (errno != EINTR)
            return fail_errno("%s", path);
    }
    return 0;
}

int
initrd_load(const char *path, int fd, const struct elf_image *image, const struct guest_mem *mem,
            uint64_t top, uint64_t *start, uint64_t *size)
{
    unsigned char *to = NULL;
    struct stat st;

    if (fstat(fd, &st))
        return fail_errno("%s", path);
    if (!S_ISREG(st.st_mode))
        return fail("%s: is not a regular file", path);
    if (st.st_size == 0)
        return fail("%s: is empty", path);
    *size = (uint64_t)st.st_size;
    if (*size > top - mem->base)
        return fail("%s: does not fit into the guest's RAM: give more --memory", path);
    *start = (top - *size) & ~(uint64_t)(PAGE_SIZE - 1);
    if (*start >= image->end)
        to = guest_mem_slice(mem, *start, *size);
    if (!to)
        return fail("%s: does not fit into the guest's RAM beside %s: give more --memory", path,
                    image->path);
    return file_read(path, fd, to, *size);
}

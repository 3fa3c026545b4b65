/* Files with the guest's RAM in them. */
#include "vmm/state/ram.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/riscv.h"
#include "vmm/log.h"
#include "vmm/sandbox.h"

/* Linux's Documentation/admin-guide/mm/pagemap.rst: a word a page of this process. */
#define PAGEMAP         "/proc/self/pagemap"
#define PAGEMAP_SWAPPED (1ULL << 62)
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_BATCH   512 /* pages */

/* The most that is written at once. */
#define RUN_MAX (4 << 20)

static int pagemap_fd = -1;

/* What the owner does besides: RAM is looked through and written, and the keeper spoken with. */
static const struct sandbox_group file_calls =
    SANDBOX_GROUP(SANDBOX_CALL(pread64), SANDBOX_CALL(pwrite64), SANDBOX_CALL(ftruncate),
                  SANDBOX_CALL(lseek), SANDBOX_CALL(recvmsg), SANDBOX_CALL(sendto));

int
ram_open(void)
{
    if (pagemap_fd >= 0)
        return 0;
    pagemap_fd = open(PAGEMAP, O_RDONLY | O_CLOEXEC);
    if (pagemap_fd < 0)
        return fail_errno(PAGEMAP);
    sandbox_allow(NULL, NULL, &file_calls);
    return 0;
}

void
ram_close(void)
{
    if (pagemap_fd >= 0)
        close(pagemap_fd);
    pagemap_fd = -1;
}

/* Writes all of the bytes. 0, or -1 with errno set. */
static int
bytes_write(int fd, const void *bytes, size_t len, off_t offset)
{
    while (len > 0) {
        ssize_t put = pwrite(fd, bytes, len, offset);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes = (const char *)bytes + put;
        len -= (size_t)put;
        offset += put;
    }
    return 0;
}

static bool
page_is_zero(const unsigned char *page)
{
    const uint64_t *word = (const uint64_t *)page;

    for (size_t i = 0; i < PAGE_SIZE / sizeof(*word); i++)
        if (word[i])
            return false;
    return true;
}

/* A run of pages that is to be written, and where. */
struct run {
    int fd;
    off_t offset; /* of RAM in the file */
    const unsigned char *ram;
    uint64_t begin, end; /* bytes in RAM */
};

static int
run_write(struct run *run)
{
    int failed = bytes_write(run->fd, run->ram + run->begin, run->end - run->begin,
                             run->offset + (off_t)run->begin);

    run->begin = run->end;
    return failed;
}

static int
page_add(struct run *run, uint64_t page)
{
    if ((run->end != page || run->end - run->begin >= RUN_MAX) && run_write(run))
        return -1;
    if (run->begin == run->end)
        run->begin = page;
    run->end = page + PAGE_SIZE;
    return 0;
}

/* The next part of the file that RAM is mapped from that has data; [*begin, *end) in RAM. A part
 * without data reads as zeroes until the guest writes to it, and is present then. */
static void
data_find(const struct guest_mem *mem, uint64_t from, uint64_t *begin, uint64_t *end)
{
    off_t data =
        mem->file_fd < 0 ? -1 : lseek(mem->file_fd, mem->file_offset + (off_t)from, SEEK_DATA);

    *begin = *end = mem->size;
    if (data < 0)
        return; /* none is left, or RAM is not mapped from a file */
    *begin = (uint64_t)(data - mem->file_offset) / PAGE_SIZE * PAGE_SIZE;
    *end = (uint64_t)(lseek(mem->file_fd, data, SEEK_HOLE) - mem->file_offset);
}

/* Writes RAM to the file, from `offset` on, which reads as zeroes there. 0, or -1 with errno set.
 */
static int
pages_write(const struct guest_mem *mem, int fd, off_t offset)
{
    struct run run = {.fd = fd, .offset = offset, .ram = mem->hva};
    uint64_t data_begin, data_end;

    data_find(mem, 0, &data_begin, &data_end);
    for (uint64_t at = 0; at < mem->size;) {
        uint64_t entry[PAGEMAP_BATCH];
        ssize_t got = pread(pagemap_fd, entry, sizeof(entry),
                            (off_t)((uint64_t)(mem->hva + at) / PAGE_SIZE * sizeof(entry[0])));

        if (got < (ssize_t)sizeof(entry[0])) {
            if (got < 0 && errno == EINTR)
                continue;
            errno = got < 0 ? errno : EIO;
            return -1;
        }
        for (size_t i = 0; i < (size_t)got / sizeof(entry[0]) && at < mem->size; i++) {
            while (at >= data_end && data_end < mem->size)
                data_find(mem, at, &data_begin, &data_end);
            if ((entry[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED) ||
                 (at >= data_begin && at < data_end)) &&
                !page_is_zero(mem->hva + at) && page_add(&run, at))
                return -1;
            at += PAGE_SIZE;
        }
    }
    return run_write(&run);
}

uint64_t
ram_offset(size_t len)
{
    return (len + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

int
ram_write(int fd, const struct guest_mem *mem, const void *head, size_t len)
{
    off_t ram = (off_t)ram_offset(len);

    return ftruncate(fd, ram + (off_t)mem->size) || bytes_write(fd, head, len, 0) ||
                   pages_write(mem, fd, ram)
               ? -1
               : 0;
}

int
ram_file_write(enum keeper_file file, const char *path, const struct guest_mem *mem,
               const void *head, size_t len)
{
    int fd = keeper_create(file), failed;

    if (fd < 0)
        return -1;
    failed = ram_write(fd, mem, head, len);
    if (failed)
        fail_errno("%s: cannot be written", path);
    close(fd);
    if (failed) {
        keeper_discard(file);
        return -1;
    }
    return keeper_commit(file);
}

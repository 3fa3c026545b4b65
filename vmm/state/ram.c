/* Files with the guest's RAM in them. */
#include "vmm/state/ram.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/riscv.h"
#include "vmm/log.h"
#include "vmm/sandbox.h"

#define PAGEMAP "/proc/self/pagemap"

/* PAGEMAP_SCAN of Linux 6.7 (Documentation/admin-guide/mm/pagemap.rst) finds the pages of this
 * process that are in one of the wanted categories. Where nothing was ever mapped, the kernel
 * passes over 2 MiB at a time. Declared here because the headers of Debian 12 are older. */
struct scan_region {
    uint64_t begin, end; /* addresses */
    uint64_t categories;
};
struct scan_request {
    uint64_t size; /* of this struct */
    uint64_t flags;
    uint64_t begin, end; /* addresses: what is looked through */
    uint64_t walk_end;   /* the kernel says how far it got before `region` was full */
    uint64_t region;     /* address of struct scan_region[] */
    uint64_t region_count;
    uint64_t pages_max;
    uint64_t inverted, all_of, any_of, returned; /* categories */
};
#define SCAN         _IOWR('f', 16, struct scan_request)
#define SCAN_PRESENT (1U << 2)
#define SCAN_SWAPPED (1U << 3)
#define SCAN_BATCH   64 /* regions */

/* The most bytes that are written at once. For each page that it takes, Linux 6.12 looks whether
 * all that is left of the write can be read, up to 2 MiB, if the file is in memory: with 4 MiB here
 * that was most of the time of a save. */
#define RUN_MAX (64 << 10)

static int pagemap_fd = -1;

/* What the owner does besides: RAM is looked through and written, and the keeper spoken with. */
static const struct sandbox_group file_calls =
    SANDBOX_GROUP(SANDBOX_IOCTL(SCAN), SANDBOX_CALL(pwrite64), SANDBOX_CALL(ftruncate),
                  SANDBOX_CALL(lseek), SANDBOX_CALL(recvmsg), SANDBOX_CALL(sendto));

/* The pages between the request's addresses that are there, region by region. Returns how many
 * regions there are, or -1 with errno set. */
static int
scan(struct scan_request *request, struct scan_region region[SCAN_BATCH])
{
    request->size = sizeof(*request);
    request->region = (uint64_t)region;
    request->region_count = SCAN_BATCH;
    request->any_of = SCAN_PRESENT | SCAN_SWAPPED;
    return ioctl(pagemap_fd, SCAN, request);
}

int
ram_open(void)
{
    if (pagemap_fd >= 0)
        return 0;
    pagemap_fd = open(PAGEMAP, O_RDONLY | O_CLOEXEC);
    if (pagemap_fd < 0)
        return fail_errno(PAGEMAP);
    if (scan(&(struct scan_request){0}, (struct scan_region[SCAN_BATCH]){{0}}) < 0)
        return fail_errno("files with the guest's RAM need Linux 6.7: " PAGEMAP);
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

/* Adds the pages of [begin, end) that are not all zeroes. */
static int
pages_add(struct run *run, uint64_t begin, uint64_t end)
{
    for (uint64_t page = begin; page < end; page += PAGE_SIZE)
        if (!page_is_zero(run->ram + page) && page_add(run, page))
            return -1;
    return 0;
}

/* Writes RAM to the file, from `offset` on, which reads as zeroes there. 0, or -1 with errno set.
 * What is looked at is what this process has and what the file has that RAM is mapped from, in the
 * order of the addresses: pages that both have are written once. */
static int
pages_write(const struct guest_mem *mem, int fd, off_t offset)
{
    struct run run = {.fd = fd, .offset = offset, .ram = mem->hva};
    const uint64_t base = (uint64_t)mem->hva;
    struct scan_request request = {.begin = base, .end = base + mem->size};
    uint64_t data_begin, data_end, done = 0;

    data_find(mem, 0, &data_begin, &data_end);
    while (done < mem->size) {
        struct scan_region region[SCAN_BATCH];
        int count = scan(&request, region);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        for (int i = 0; i <= count; i++) {
            /* Behind the last region, up to where the kernel got, there are none. */
            uint64_t begin = (i < count ? region[i].begin : request.walk_end) - base;
            uint64_t end = (i < count ? region[i].end : request.walk_end) - base;

            while (data_begin < begin) {
                uint64_t data_stop = data_end < begin ? data_end : begin;

                if (pages_add(&run, data_begin < done ? done : data_begin, data_stop))
                    return -1;
                data_begin = data_stop;
                if (data_begin == data_end)
                    data_find(mem, data_end, &data_begin, &data_end);
            }
            if (pages_add(&run, begin, end))
                return -1;
            done = end;
        }
        request.begin = request.walk_end;
    }
    return run_write(&run);
}

bool
ram_page_is_zero(const unsigned char *page)
{
    return page_is_zero(page);
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
               const void *head, size_t len, int (*more)(int fd, off_t offset))
{
    int fd = keeper_create(file), failed;

    if (fd < 0)
        return -1;
    failed = ram_write(fd, mem, head, len);
    if (!failed && more)
        failed = more(fd, (off_t)(ram_offset(len) + mem->size));
    if (failed)
        fail_errno("%s: cannot be written", path);
    close(fd);
    if (failed) {
        keeper_discard(file);
        return -1;
    }
    return keeper_commit(file);
}

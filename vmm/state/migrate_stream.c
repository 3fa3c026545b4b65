/* What one duet sends another, as it is read. */
#include "vmm/state/migrate_stream.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/riscv.h"
#include "vmm/log.h"

/* More RAM than a machine may have, so that no file is made for what cannot be. */
#define RAM_MAX (64ULL << 30)

static int
bytes_receive(int fd, const char *from, void *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, (char *)to + done, len - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno("%s: the guest does not come", from);
        if (got == 0)
            return fail("%s: the other side has broken off: the guest does not come", from);
        done += (size_t)got;
    }
    return 0;
}

/* Takes a head, and reads it as that of a file whose RAM is a hole. */
static int
head_receive(int fd, const char *from, const struct stream_record *record,
             struct snapshot *snapshot)
{
    uint64_t ram = (record->len + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    unsigned char *head;
    int file, failed;

    if (record->len == 0 || record->len > SNAPSHOT_HEAD_MAX || record->at > RAM_MAX)
        return fail("%s: sends a guest that cannot be", from);
    file = memfd_create("duet migrate", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)(ram + record->at))) {
        fail_errno("%s: a file in memory for the machine", from);
        if (file >= 0)
            close(file);
        return -1;
    }
    head = mmap(NULL, record->len, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (head == MAP_FAILED) {
        close(file);
        return fail_errno("%s: memory for the machine", from);
    }
    failed = bytes_receive(fd, from, head, record->len);
    munmap(head, record->len);
    if (failed) {
        close(file);
        return -1;
    }
    if (snapshot_open_fd(snapshot, file, from))
        return -1;
    snapshot->is_sent = true;
    return 0;
}

int
stream_head_receive(int fd, const char *from, struct snapshot *snapshot)
{
    struct stream_record record;

    if (bytes_receive(fd, from, &record, sizeof(record)))
        return -1;
    if (record.kind != STREAM_HEAD)
        return fail("%s: what comes is no guest of a duet of this version", from);
    return head_receive(fd, from, &record, snapshot);
}

/* Takes what a record says of RAM. */
static int
ram_take(int fd, const char *from, const struct guest_mem *mem, const struct stream_record *record)
{
    const uint64_t at = record->at, len = record->len;

    if (len == 0 || at % PAGE_SIZE || len % PAGE_SIZE || at > mem->size || len > mem->size - at ||
        (record->kind != STREAM_ZEROES && (record->kind != STREAM_PAGES || len > STREAM_RUN_MAX)))
        return fail("%s: something in what it sends cannot be", from);
    if (record->kind == STREAM_PAGES)
        return bytes_receive(fd, from, mem->hva + at, len);
    return guest_mem_release(mem, mem->hva + at, len) ? fail_errno("%s: the guest's RAM", from) : 0;
}

/* Whether it is the same machine. */
static bool
is_same(const struct snapshot *first, const struct snapshot *last)
{
    return last->memory == first->memory && last->cpus == first->cpus &&
           memcmp(&last->kind, &first->kind, sizeof(last->kind)) == 0 &&
           last->image_sum == first->image_sum && last->board == first->board &&
           last->virtio == first->virtio;
}

int
stream_byte_say(int fd, const char *from, char byte)
{
    return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 ? 0
                                                 : fail_errno("%s: the guest does not come", from);
}

int
stream_ram_receive(int fd, const char *from, const struct guest_mem *mem,
                   const struct snapshot *first, struct snapshot *last)
{
    const uint64_t step = mem->size / 4;
    uint64_t sum = 0, told = 0;
    struct stream_record record;

    for (;;) {
        if (bytes_receive(fd, from, &record, sizeof(record)))
            return -1;
        if (record.kind == STREAM_HEAD)
            break;
        if (record.kind == STREAM_ROUND) {
            if (stream_byte_say(fd, from, STREAM_HERE))
                return -1;
            continue;
        }
        if (ram_take(fd, from, mem, &record))
            return -1;
        sum += record.kind == STREAM_PAGES ? record.len : 0;
        if (sum - told >= step) {
            told = sum;
            say("%" PRIu64 " MiB of the guest have come", sum >> 20);
        }
    }
    if (head_receive(fd, from, &record, last))
        return -1;
    if (is_same(first, last))
        return 0;
    snapshot_close(last);
    return fail("%s: ends with another machine than it began with", from);
}

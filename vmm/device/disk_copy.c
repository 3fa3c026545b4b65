/* Copies of the machine's files in the file of a saved machine. */
#include "vmm/device/disk_copy.h"

#include <errno.h>
#include <unistd.h>

#include "vmm/log.h"
#include "vmm/state/state_data.h"

/* The most that is copied at once where the kernel cannot do it alone. */
#define PIECE (64 << 10)

static const struct disk_copies *offered;
static int offered_fd = -1;

/* What is copied of the open files. */
static void
copies_find(struct disk_copies *copies)
{
    *copies = (struct disk_copies){.count = IMAGE_FILES};
    for (unsigned i = 0; i < IMAGE_FILES; i++)
        copies->bytes[i] =
            !image_files[i].path || image_files[i].read_only ? 0 : image_files[i].bytes;
}

void
disk_copies_put(struct state_writer *to)
{
    struct disk_copies copies;

    copies_find(&copies);
    for (unsigned i = 0; i < copies.count; i++)
        state_put(to, copies.bytes[i]);
}

/* Part of a file. */
struct range {
    int fd;
    off_t at;
    uint64_t bytes;
};

/* Copies some bytes from the beginning of `from`, of which there is at least one. Returns how many,
 * or -1 with errno set. */
static ssize_t
some_copy(struct range from, struct range to)
{
    static unsigned char piece[PIECE]; /* of the owner */
    off_t from_at = from.at, to_at = to.at;
    ssize_t done = copy_file_range(from.fd, &from_at, to.fd, &to_at, from.bytes, 0);

    /* Between file systems, or in one that is no ordinary one, the kernel refuses. */
    if (done >= 0 || (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP))
        return done;
    done = pread(from.fd, piece, from.bytes < PIECE ? from.bytes : PIECE, from.at);
    return done > 0 ? pwrite(to.fd, piece, (size_t)done, to.at) : done;
}

/* Copies the bytes, as far as they are there, to where nothing was written yet. 0, or -1 with errno
 * set. */
static int
range_copy(struct range from, struct range to)
{
    const off_t end = from.at + (off_t)from.bytes;

    while (from.at < end) {
        off_t data = lseek(from.fd, from.at, SEEK_DATA), hole;
        ssize_t done;

        if (data < 0 && errno == ENXIO)
            return 0; /* there is none behind */
        if (data >= end)
            return 0;
        hole = data < 0 ? -1 : lseek(from.fd, data, SEEK_HOLE);
        if (hole < 0)
            return -1;
        to.at += data - from.at;
        from.at = data;
        from.bytes = (uint64_t)((hole < end ? hole : end) - data);
        done = some_copy(from, to);
        if (done < 0 && errno == EINTR)
            continue;
        if (done == 0)
            errno = EIO; /* it has become shorter meanwhile */
        if (done <= 0)
            return -1;
        from.at += done;
        to.at += done;
    }
    return 0;
}

int
disk_copies_write(int fd, off_t offset)
{
    struct disk_copies copies;

    copies_find(&copies);
    if (ftruncate(fd, (off_t)disk_copies_place(&copies, (uint64_t)offset)))
        return -1;
    for (unsigned i = 0; i < copies.count; i++)
        if (copies.bytes[i] &&
            range_copy((struct range){image_files[i].cached_fd, 0, copies.bytes[i]},
                       (struct range){fd, (off_t)copies.offset[i], copies.bytes[i]}))
            return -1;
    return 0;
}

void
disk_copies_offer(int fd, const struct disk_copies *copies)
{
    offered_fd = fd;
    offered = copies;
}

bool
disk_copy_is_there(const struct image_file *file)
{
    unsigned number = (unsigned)(file - image_files);

    return offered && number < offered->count && offered->bytes[number] > 0;
}

int
disk_copy_check(const struct image_file *file)
{
    if (disk_copy_is_there(file))
        return 0;
    if (!offered || offered->count == 0)
        return fail(
            "%s%s,saved: there is no copy of it: that needs --restore=FILE, where FILE is one that "
            "--save=FILE,disks has written",
            file->option, file->path);
    return fail("%s%s,saved: the machine that was saved had no such disk, or one to read only",
                file->option, file->path);
}

int
disk_copy_read(const struct image_file *file)
{
    unsigned number = (unsigned)(file - image_files);
    uint64_t bytes = offered->bytes[number];
    struct range from = {offered_fd, (off_t)offered->offset[number], bytes};

    if (ftruncate(file->fd, 0) || ftruncate(file->fd, (off_t)bytes) ||
        range_copy(from, (struct range){file->fd, 0, bytes}))
        return fail_errno("%s: cannot be made what it was", file->path);
    return 0;
}

/* The images of the disks: parsing their option, opening. */
#include "vmm/device/disk_file.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/disk.h"
#include "common/text.h"
#include "vmm/device/disk_copy.h"
#include "vmm/log.h"
#include "vmm/named_files.h"

unsigned disk_file_count;

static error_t
option_parse(int key, char *arg, struct argp_state *state)
{
    struct image_file *file = &image_files[disk_file_count];
    char *comma;

    if (key != 'd')
        return ARGP_ERR_UNKNOWN;
    if (disk_file_count == DUET_DISKS)
        argp_error(state, "--disk=%s: there are %d disks already", arg, DUET_DISKS);
    *file = (struct image_file){.option = "--disk=", .path = arg, .fd = -1, .cached_fd = -1};
    comma = strrchr(arg, ',');
    file->read_only = comma && strcmp(comma, ",ro") == 0;
    file->is_saved = comma && strcmp(comma, ",saved") == 0;
    if (file->read_only || file->is_saved)
        *comma = '\0';
    if (!arg[0])
        argp_error(state, "--disk=: want the name of a file");
    named_file_add(file->option, arg, file->read_only ? NAMED_READ : NAMED_WRITTEN);
    disk_file_count++;
    return 0;
}

static const struct argp_option option_table[] = {
    {"disk", 'd', "FILE[,ro|,saved]", 0,
     "a disk for the guest: a file or block device; with \",saved\" the file is overwritten first "
     "with what the disk was when the machine of --restore was saved; up to " TEXT(DUET_DISKS),
     0},
    {0},
};
const struct argp disk_options = {.options = option_table, .parser = option_parse};

/* Checks that the open file can serve as a disk, and finds its size. Returns 0, or -1 after a
 * message. */
static int
file_check(struct image_file *file)
{
    struct stat st;

    if (fstat(file->fd, &st))
        return fail_errno("%s", file->path);
    if (S_ISBLK(st.st_mode)) {
        if (ioctl(file->fd, BLKGETSIZE64, &file->bytes))
            return fail_errno("%s: cannot ask for its size", file->path);
    } else if (S_ISREG(st.st_mode)) {
        file->bytes = (uint64_t)st.st_size;
    } else {
        return fail("%s: is not a file or a block device", file->path);
    }
    if (file->bytes == 0 || file->bytes % DUET_DISK_SECTOR)
        return fail("%s: its size, %llu bytes, is not a multiple of %d: make it so with "
                    "truncate -s",
                    file->path, (unsigned long long)file->bytes, DUET_DISK_SECTOR);
    return 0;
}

/* Makes I/O bypass the host's page cache, if the file system then still accepts every sector and
 * every buffer aligned to a sector. An error then belongs to the request that met it, and no data
 * is in memory twice. Buffers that are not aligned go through the cache all the same, by a file
 * descriptor of their own. 0, or -1 after saying why. */
static int
file_bypass_cache(struct image_file *file, int flags)
{
    struct statx st;

    if (statx(file->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) == 0 &&
        st.stx_mask & STATX_DIOALIGN && st.stx_dio_mem_align && st.stx_dio_offset_align &&
        st.stx_dio_mem_align <= DUET_DISK_SECTOR && st.stx_dio_offset_align <= DUET_DISK_SECTOR)
        fcntl(file->fd, F_SETFL, O_DIRECT);
    file->cached_fd = open(file->path, flags);
    return file->cached_fd >= 0 ? 0 : fail_errno("%s", file->path);
}

static int
file_open(struct image_file *file)
{
    /* O_NONBLOCK: without it open() of a FIFO would wait for the other end. */
    int flags = (file->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK;

    if (file->is_saved && disk_copy_check(file))
        return -1;
    file->fd = open(file->path, flags | (file->is_saved ? O_CREAT : 0), 0666);
    if (file->fd < 0 && !file->read_only && (errno == EACCES || errno == EROFS))
        return fail_errno("%s: cannot be written; --disk=%s,ro reads it only", file->path,
                          file->path);
    if (file->fd < 0)
        return fail_errno("%s", file->path);
    if (file->is_saved && image_file_restore(file))
        return -1;
    if (file_check(file) || image_file_lock(file))
        return -1;
    return file_bypass_cache(file, flags);
}

int
disk_files_open(void)
{
    for (unsigned i = 0; i < disk_file_count; i++)
        if (file_open(&image_files[i]))
            return -1;
    return 0;
}

void
disk_files_close(void)
{
    for (unsigned i = 0; i < disk_file_count; i++)
        image_file_close(&image_files[i]);
}

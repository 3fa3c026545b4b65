/* Opening a disk's image. */
#include "vmm/device/disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "abi/disk.h"
#include "vmm/log.h"

static int
file_check(struct disk_file *file)
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

static void
alarm_handler(int signo)
{
    (void)signo; /* it interrupts a system call: that is all */
}

/* As fcntl(F_OFD_SETLK), but waits for a second. A duet that was killed has the lock for a moment
 * after its process is gone, until the kernel has taken down its io_uring. */
static int
lock_soon(int fd, const struct flock *lock)
{
    /* It rings again, in case it has rung before fcntl waits. */
    struct itimerval second = {.it_value.tv_sec = 1, .it_interval.tv_usec = 100000}, never = {0};
    struct sigaction interrupt = {.sa_handler = alarm_handler}, before;
    int result = fcntl(fd, F_OFD_SETLK, lock), error;

    if (result == 0 || (errno != EAGAIN && errno != EACCES))
        return result;
    sigaction(SIGALRM, &interrupt, &before);
    setitimer(ITIMER_REAL, &second, NULL);
    result = fcntl(fd, F_OFD_SETLKW, lock);
    error = errno;
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    errno = error;
    return result;
}

/* Of the open file description, so that it holds against another disk of this process too, and ends
 * with the file descriptor however duet ends. */
static int
file_lock(const struct disk_file *file)
{
    struct flock lock = {.l_type = file->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

    if (lock_soon(file->fd, &lock) == 0)
        return 0;
    if (errno == EINTR)
        return fail("%s: is in use by another duet: end that one first, or give each its own copy",
                    file->path);
    return fail_errno("%s: cannot lock it", file->path);
}

/* Past the host's page cache, where that takes any sector and any buffer aligned to one: an error
 * then belongs to the request that met it, and nothing is kept in memory twice. */
static void
file_bypass_cache(const struct disk_file *file)
{
    struct statx st;

    if (statx(file->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) == 0 &&
        st.stx_mask & STATX_DIOALIGN && st.stx_dio_mem_align && st.stx_dio_offset_align &&
        st.stx_dio_mem_align <= DUET_DISK_SECTOR && st.stx_dio_offset_align <= DUET_DISK_SECTOR)
        fcntl(file->fd, F_SETFL, O_DIRECT);
}

int
disk_file_open(struct disk_file *file, const char *path, bool read_only)
{
    /* O_NONBLOCK: or a FIFO would wait here for its other end. */
    int flags = (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK;

    *file = (struct disk_file){.path = path, .read_only = read_only, .fd = open(path, flags)};
    if (file->fd < 0 && !read_only && (errno == EACCES || errno == EROFS))
        return fail_errno("%s: cannot be written; --disk=%s,ro reads it only", path, path);
    if (file->fd < 0)
        return fail_errno("%s", path);
    if (file_check(file) || file_lock(file)) {
        disk_file_close(file);
        return -1;
    }
    file_bypass_cache(file);
    return 0;
}

void
disk_file_close(struct disk_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

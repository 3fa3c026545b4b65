/* The images of the disks: parsing their option, opening, locking. */
#include "vmm/device/disk_file.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "abi/disk.h"
#include "common/text.h"
#include "vmm/device/disk_copy.h"
#include "vmm/log.h"
#include "vmm/named_files.h"
#include "vmm/state/state_data.h"

/* How long somebody is waited for who has the lock; and who was to get the guest, and has ended. */
#define LOCK_SECONDS       1
#define LOCK_AGAIN_SECONDS 60

struct disk_file disk_files[DUET_DISKS];
unsigned disk_file_count;
bool disk_files_are_awaited;

static error_t
option_parse(int key, char *arg, struct argp_state *state)
{
    struct disk_file *file = &disk_files[disk_file_count];
    char *comma;

    if (key != 'd')
        return ARGP_ERR_UNKNOWN;
    if (disk_file_count == DUET_DISKS)
        argp_error(state, "--disk=%s: there are %d disks already", arg, DUET_DISKS);
    *file = (struct disk_file){.path = arg, .fd = -1, .cached_fd = -1};
    comma = strrchr(arg, ',');
    file->read_only = comma && strcmp(comma, ",ro") == 0;
    file->is_saved = comma && strcmp(comma, ",saved") == 0;
    if (file->read_only || file->is_saved)
        *comma = '\0';
    if (!arg[0])
        argp_error(state, "--disk=: want the name of a file");
    named_file_add("--disk=", arg, file->read_only ? NAMED_READ : NAMED_WRITTEN);
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
    (void)signo; /* its only purpose is to interrupt a system call */
}

/* Like fcntl(F_OFD_SETLK), but waits up to so many seconds. A killed duet keeps the lock a little
 * longer than its process lives, until the kernel has taken down its io_uring. */
static int
lock_soon(int fd, const struct flock *lock, unsigned seconds)
{
    /* The timer repeats, in case it first expires before fcntl() waits. */
    struct itimerval later = {.it_value.tv_sec = seconds, .it_interval.tv_usec = 100000};
    struct itimerval never = {0};
    struct sigaction interrupt = {.sa_handler = alarm_handler}, before;
    int result = fcntl(fd, F_OFD_SETLK, lock), error;

    if (result == 0 || (errno != EAGAIN && errno != EACCES))
        return result;
    sigaction(SIGALRM, &interrupt, &before);
    setitimer(ITIMER_REAL, &later, NULL);
    result = fcntl(fd, F_OFD_SETLKW, lock);
    error = errno;
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    errno = error;
    return result;
}

/* Locks the image. The lock belongs to the open file description. It therefore also excludes
 * another disk of this process, and ends with the descriptor, however duet ends. */
static int
file_lock_within(const struct disk_file *file, unsigned seconds)
{
    struct flock lock = {.l_type = file->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

    if (lock_soon(file->fd, &lock, seconds) == 0)
        return 0;
    if (errno == EINTR)
        return fail("%s: is in use by another duet: end that one first, or give each its own copy",
                    file->path);
    return fail_errno("%s: cannot lock it", file->path);
}

static int
file_lock(const struct disk_file *file)
{
    return file_lock_within(file, LOCK_SECONDS);
}

/* Makes I/O bypass the host's page cache, if the file system then still accepts every sector and
 * every buffer aligned to a sector. An error then belongs to the request that met it, and no data
 * is in memory twice. Buffers that are not aligned go through the cache all the same, by a file
 * descriptor of their own. 0, or -1 after saying why. */
static int
file_bypass_cache(struct disk_file *file, int flags)
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
file_open(struct disk_file *file)
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
    if (file->is_saved && (file_lock(file) || disk_copy_read(file)))
        return -1;
    if (file_check(file) || (!disk_files_are_awaited && file_lock(file)))
        return -1;
    return file_bypass_cache(file, flags);
}

int
disk_files_open(void)
{
    for (unsigned i = 0; i < disk_file_count; i++)
        if (file_open(&disk_files[i]))
            return -1;
    return 0;
}

int
disk_files_lock(void)
{
    for (unsigned i = 0; i < disk_file_count; i++)
        if (file_lock(&disk_files[i]))
            return -1;
    return 0;
}

void
disk_files_unlock(void)
{
    struct flock none = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

    for (unsigned i = 0; i < disk_file_count; i++) {
        struct stat st = {0};

        if (fstat(disk_files[i].fd, &st) || fcntl(disk_files[i].fd, F_OFD_SETLK, &none))
            fail_errno("%s: its lock", disk_files[i].path); /* it is kept: nobody else gets it */
        disk_files[i].given_up = st.st_mtim;
    }
}

int
disk_files_lock_again(void)
{
    for (unsigned i = 0; i < disk_file_count; i++) {
        const struct timespec *then = &disk_files[i].given_up;
        struct stat st;

        if (file_lock_within(&disk_files[i], LOCK_AGAIN_SECONDS))
            return -1;
        if (fstat(disk_files[i].fd, &st))
            return fail_errno("%s", disk_files[i].path);
        if (S_ISREG(st.st_mode) &&
            (st.st_mtim.tv_sec != then->tv_sec || st.st_mtim.tv_nsec != then->tv_nsec))
            return fail("%s: another has written to it meanwhile", disk_files[i].path);
    }
    return 0;
}

/* A clock that ticks, which is the one that files' times are taken from: it has to tick before the
 * image changes again. A tick is 10 ms at the most. */
static void
change_wait(const struct timespec *changed)
{
    struct timespec now;

    do
        sched_yield();
    while (clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 && now.tv_sec == changed->tv_sec &&
           now.tv_nsec <= changed->tv_nsec);
}

int
disk_file_mark_save(const struct disk_file *file, struct state_writer *to)
{
    struct stat st;

    if (fstat(file->fd, &st))
        return fail_errno("%s", file->path);
    if (S_ISBLK(st.st_mode) && !file->read_only)
        return fail(
            "%s: is a block device, which does not tell when it was written to: the machine "
            "cannot be saved; a file can, and %s,ro",
            file->path, file->path);
    /* Of what the guest has written, all is to be there when the machine is restored. */
    if (!file->read_only && fdatasync(file->fd))
        return fail_errno("%s", file->path);
    if (fstat(file->fd, &st))
        return fail_errno("%s", file->path);
    state_put(to, file->bytes);
    state_put(to, file->read_only);
    state_put(to, S_ISBLK(st.st_mode) ? 0 : (uint64_t)st.st_mtim.tv_sec);
    state_put(to, S_ISBLK(st.st_mode) ? 0 : (uint64_t)st.st_mtim.tv_nsec);
    if (!file->read_only)
        change_wait(&st.st_mtim);
    return 0;
}

int
disk_file_mark_check(const struct disk_file *file, struct state_reader *from)
{
    uint64_t bytes = state_get(from), read_only = state_get_max(from, 1);
    uint64_t sec = state_get(from), nsec = state_get(from);
    struct stat st;

    if (fstat(file->fd, &st))
        return fail_errno("%s", file->path);
    if (from->failed)
        return 0;
    if (bytes != file->bytes)
        return fail(
            "%s: has %llu bytes, the disk of the machine that was saved has %llu: is it the "
            "right one?",
            file->path, (unsigned long long)file->bytes, (unsigned long long)bytes);
    if ((bool)read_only != file->read_only)
        return fail("%s: the machine that was saved had this disk %s", file->path,
                    read_only ? "to read only: add ,ro" : "to write, too: without ,ro");
    if (S_ISREG(st.st_mode) && !file->is_saved &&
        (sec != (uint64_t)st.st_mtim.tv_sec || nsec != (uint64_t)st.st_mtim.tv_nsec))
        return fail(
            "%s: has been written to since the machine was saved: what the guest knows of it "
            "is not so any more; restore it with the image as it was%s",
            file->path, disk_copy_is_there(file) ? ": --disk=FILE,saved writes that" : "");
    return 0;
}

void
disk_files_close(void)
{
    for (unsigned i = 0; i < disk_file_count; i++) {
        if (disk_files[i].fd >= 0)
            close(disk_files[i].fd);
        if (disk_files[i].cached_fd >= 0)
            close(disk_files[i].cached_fd);
        disk_files[i].fd = disk_files[i].cached_fd = -1;
    }
}

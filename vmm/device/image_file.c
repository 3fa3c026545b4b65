/* Files of the host that a machine has: their locks, and what they were. */
#include "vmm/device/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "vmm/device/disk_copy.h"
#include "vmm/log.h"
#include "vmm/state/state_data.h"

/* How long somebody is waited for who has the lock; and who was to get the guest, and has ended. */
#define LOCK_SECONDS       1
#define LOCK_AGAIN_SECONDS 60

struct image_file image_files[IMAGE_FILES];
bool image_files_are_awaited;

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
 * another file of this process, and ends with the descriptor, however duet ends. */
static int
file_lock_within(const struct image_file *file, unsigned seconds)
{
    struct flock lock = {.l_type = file->read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

    if (lock_soon(file->fd, &lock, seconds) == 0)
        return 0;
    if (errno == EINTR)
        return fail("%s: is in use by another duet: end that one first, or give each its own copy",
                    file->path);
    return fail_errno("%s: cannot lock it", file->path);
}

int
image_file_lock(const struct image_file *file)
{
    return image_files_are_awaited ? 0 : file_lock_within(file, LOCK_SECONDS);
}

int
image_file_restore(const struct image_file *file)
{
    return file_lock_within(file, LOCK_SECONDS) || disk_copy_read(file) ? -1 : 0;
}

int
image_files_lock(void)
{
    for (unsigned i = 0; i < IMAGE_FILES; i++)
        if (image_files[i].path && file_lock_within(&image_files[i], LOCK_SECONDS))
            return -1;
    return 0;
}

void
image_files_unlock(void)
{
    struct flock none = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

    for (unsigned i = 0; i < IMAGE_FILES; i++) {
        struct stat st = {0};

        if (!image_files[i].path)
            continue;
        if (fstat(image_files[i].fd, &st) || fcntl(image_files[i].fd, F_OFD_SETLK, &none))
            fail_errno("%s: its lock", image_files[i].path); /* it is kept: nobody else gets it */
        image_files[i].given_up = st.st_mtim;
    }
}

int
image_files_lock_again(void)
{
    for (unsigned i = 0; i < IMAGE_FILES; i++) {
        const struct timespec *then = &image_files[i].given_up;
        struct stat st;

        if (!image_files[i].path)
            continue;
        if (file_lock_within(&image_files[i], LOCK_AGAIN_SECONDS))
            return -1;
        if (fstat(image_files[i].fd, &st))
            return fail_errno("%s", image_files[i].path);
        if (S_ISREG(st.st_mode) &&
            (st.st_mtim.tv_sec != then->tv_sec || st.st_mtim.tv_nsec != then->tv_nsec))
            return fail("%s: another has written to it meanwhile", image_files[i].path);
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
image_file_mark_save(const struct image_file *file, struct state_writer *to)
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
image_file_mark_check(const struct image_file *file, struct state_reader *from)
{
    uint64_t bytes = state_get(from), read_only = state_get_max(from, 1);
    uint64_t sec = state_get(from), nsec = state_get(from);
    const bool is_copied = disk_copy_is_there(file);
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
            "is not so any more; restore it with the file as it was%s%s%s",
            file->path, is_copied ? ": " : "", is_copied ? file->option : "",
            is_copied ? "FILE,saved writes that" : "");
    return 0;
}

void
image_file_close(struct image_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->cached_fd >= 0 && file->cached_fd != file->fd)
        close(file->cached_fd);
    file->fd = file->cached_fd = -1;
}

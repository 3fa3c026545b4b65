/* The text of an error number, for programs and for the kernel's log. */
#include <string.h>

#include <errno.h>

const char *
strerror(int error)
{
    static const char *const words[] = {
        [0] = "no error",
        [EPERM] = "not permitted",
        [ENOENT] = "not found",
        [ESRCH] = "no such process",
        [EINTR] = "interrupted",
        [EIO] = "input/output error",
        [ENXIO] = "no such device",
        [E2BIG] = "arguments too long",
        [ENOEXEC] = "not a program",
        [EBADF] = "bad file descriptor",
        [ECHILD] = "no children",
        [EAGAIN] = "try again",
        [ENOMEM] = "out of memory",
        [EACCES] = "permission denied",
        [EFAULT] = "bad address",
        [EBUSY] = "busy",
        [EEXIST] = "exists",
        [EXDEV] = "on another device",
        [ENODEV] = "no device for this",
        [ENOTDIR] = "not a directory",
        [EISDIR] = "is a directory",
        [EINVAL] = "invalid argument",
        [ENFILE] = "too many open files in the system",
        [EMFILE] = "too many open files",
        [ENOTTY] = "not a terminal",
        [EFBIG] = "file too large",
        [ENOSPC] = "no space left",
        [ESPIPE] = "cannot seek",
        [EROFS] = "read-only file system",
        [EMLINK] = "too many links",
        [EPIPE] = "nobody reads the pipe",
        [ERANGE] = "out of range",
        [EDEADLK] = "would wait for itself",
        [ENAMETOOLONG] = "name too long",
        [ENOSYS] = "no such system call",
        [ENOTEMPTY] = "directory not empty",
        [ETIMEDOUT] = "timed out",
    };

    if (error < 0 || (unsigned)error >= sizeof(words) / sizeof(words[0]) || !words[error])
        return "unknown error";
    return words[error];
}

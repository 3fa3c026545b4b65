/* What toyos's programs have beyond xv6's API. */
#ifndef TOYOS_USER_TOYOS_H
#define TOYOS_USER_TOYOS_H

#include <errno.h>
#include <string.h>

#include "kernel/toyos.h"
#include "user/user.h"

_Noreturn void poweroff(int status);          /* ends the machine; above 125 counts as 125 */
int clock_wall(uint64 *ns);                   /* nanoseconds since 1970; ENODEV: no clock */
int getrandom(void *buf, int len);            /* bytes filled; ENODEV: no source */
int hyperinfo(struct hyperinfo *info);        /* ENODEV: no hypervisor */
long hypernull(int count);                    /* nanoseconds that `count` null hypercalls took */
int hypercount(uint nr, struct hypercount *); /* ENODEV; EINVAL: no call of this number; ENOSYS */
/* Copies of the whole machine: 0 in this one, 1 and up in each copy. ENODEV; EPERM: none may be
 * made; EAGAIN: not so many more; EIO: the hypervisor could not. */
long vmfork(uint copies);
int sysinfo(struct sysinfo *info);
int procinfo(int n,
             struct procinfo *info); /* of place n; 1: a process, 0: none there, EINVAL: no place */
int yield(void);                     /* let others run */

/* Ctrl-C kills the processes of one group: that of the process that owns the console, but not the
 * owner. A child is in its parent's group until it makes one of its own. */
int newgroup(void);    /* become the first of a group */
int console_own(void); /* be the owner; 1: Ctrl-C was typed since there was one, 0: not */
int console_mode(int fd, int mode); /* CONSOLE_*; ENOTTY: nobody types there, or for others */
int kpanic(const char *text);       /* make the kernel panic: for tests */

/* Time: CLOCK_* and PROT_* and MAP_* are in kernel/toyos.h. */
int nanosleep(uint64 ns);
int clock(int which, uint64 *ns);

/*
 * Memory, in whole pages; `at` is not looked at. Anonymous, with an fd of -1 and an offset of 0; or
 * a file from `offset` on, a multiple of a page. Pages come when they are used. An access to a page
 * beyond the file's end kills; what is stored to the rest of its last page does not go to the file.
 *
 * MAP_PRIVATE: what is stored stays in the process. MAP_SHARED: all who map the file so, and all
 * who read it, see it; it is the file's for good at munmap, exit, msync or fsync. The mapping keeps
 * the file, also when it is closed or unlinked. Of a file that has been truncated, pages that had
 * been used read as zeros.
 */
void *mmap(void *at, uint64 len, int prot, int flags, int fd, long offset);
int munmap(void *at, uint64 len);           /* a part of a mapping, or several */
int msync(void *at, uint64 len, int flags); /* MS_*; ENOMEM: not all of it is mapped */

/* What pthread.h stands on. A thread starts at `pc`, with `argument` in a0. The word at `done`
 * becomes 0, and its futex is woken, when the thread has left its stack for good. */
int thread_start(void (*pc)(void *), void *sp, void *tp, void *argument);
_Noreturn void thread_exit(uint *done);
int futex_wait(uint *word, uint expected, uint64 timeout_ns); /* EAGAIN, ETIMEDOUT */
int futex_wake(uint *word, uint count);                       /* how many woke */
#define FUTEX_NO_TIMEOUT (~0UL)

/* Files. Offsets and sizes are bytes; SEEK_* and O_APPEND are in kernel/fcntl.h. */
long lseek(int fd, long offset, int whence); /* the new offset; beyond the end is allowed */
int ftruncate(int fd, long size);
int rename(const char *old, const char *name); /* what has the name already goes */
int fsync(int fd);                             /* returns when the file is on the disk for good */
char *getcwd(char *buf, unsigned long size);   /* the current directory's path; 0: ERANGE, ENOENT */

/* "NAME: words of errno", on descriptor 2. */
void perror(const char *name);

#endif

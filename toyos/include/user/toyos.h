/* What toyos's programs have beyond xv6's API. */
#ifndef TOYOS_USER_TOYOS_H
#define TOYOS_USER_TOYOS_H

#include <errno.h>
#include <string.h>

#include "kernel/toyos.h"
#include "user/user.h"

_Noreturn void poweroff(int status);
int clock_wall(uint64 *ns);            /* nanoseconds since 1970; ENODEV: no clock */
int getrandom(void *buf, int len);     /* bytes filled; ENODEV: no source */
int hyperinfo(struct hyperinfo *info); /* ENODEV: no hypervisor */
long hypernull(int count);             /* nanoseconds that `count` null hypercalls took */
int sysinfo(struct sysinfo *info);
int procinfo(int n,
             struct procinfo *info); /* of place n; 1: a process, 0: none there, EINVAL: no place */
int yield(void);                     /* let others run */
int kpanic(const char *text);        /* make the kernel panic: for tests */

/* Files. Offsets and sizes are bytes; SEEK_* and O_APPEND are in kernel/fcntl.h. */
long lseek(int fd, long offset, int whence); /* the new offset; beyond the end is allowed */
int ftruncate(int fd, long size);
int rename(const char *old, const char *name); /* what has the name already goes */
int fsync(int fd);                             /* returns when the file is on the disk for good */

/* "NAME: words of errno", on descriptor 2. */
void perror(const char *name);

#endif

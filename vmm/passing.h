/* Messages on a Unix socket that may have an open file with them (SCM_RIGHTS; unix(7)). */
#ifndef DUET_VMM_PASSING_H
#define DUET_VMM_PASSING_H

#include <stddef.h>
#include <sys/types.h>

/* Sends `len` bytes, not 0, and with them the file `fd`, if it is not -1; it stays open here. How
 * many bytes were sent, or -1 with errno set. If nobody is there that is EPIPE, and no signal. */
ssize_t passing_send(int socket, const void *bytes, size_t len, int fd);

/* Receives up to `len` bytes, and the file that comes with them: *fd, closed on exec, or -1 if none
 * does. One file at most: the kernel closes what is more. How many bytes came, 0 at the end, or -1
 * with errno set. */
ssize_t passing_receive(int socket, void *bytes, size_t len, int *fd);

#endif

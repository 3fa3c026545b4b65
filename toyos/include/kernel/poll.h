/* The request and the result of poll (POSIX.1-2017, <poll.h>). */
#ifndef TOYOS_KERNEL_POLL_H
#define TOYOS_KERNEL_POLL_H

struct pollfd {
    int fd;        /* a negative one is passed over */
    short events;  /* the request: POLLIN and POLLOUT */
    short revents; /* the result: those of `events` that hold, and of the last three below */
};

#define POLLIN   0x01 /* a read would not wait: for data, or at the console's end of input */
#define POLLOUT  0x04 /* PIPESIZE bytes could be written without waiting */
#define POLLERR  0x08 /* of a pipe: nobody can read it any more */
#define POLLHUP  0x10 /* of a pipe: nobody can write it any more */
#define POLLNVAL 0x20 /* there is no such descriptor */

#endif

/* What poll is asked and says (POSIX.1-2017, <poll.h>). */
#ifndef TOYOS_KERNEL_POLL_H
#define TOYOS_KERNEL_POLL_H

struct pollfd {
    int fd;        /* a negative one is passed over */
    short events;  /* that are asked for */
    short revents; /* that are so, of these and of the three below */
};

#define POLLIN   0x01 /* a read would not wait: for data, or at the console's end of input */
#define POLLOUT  0x04 /* PIPESIZE bytes could be written without waiting */
#define POLLERR  0x08 /* of a pipe: nobody can read it any more */
#define POLLHUP  0x10 /* of a pipe: nobody can write it any more */
#define POLLNVAL 0x20 /* there is no such descriptor */

#endif

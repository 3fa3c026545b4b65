/* Waiting for one of several descriptors, as POSIX has it. */
#ifndef TOYOS_POLL_H
#define TOYOS_POLL_H

#include "kernel/poll.h"

typedef unsigned long nfds_t;

/* Wait until something that was asked for is so of one of `count` descriptors (NOFILE at the most),
 * for `timeout` milliseconds; 0: do not wait; negative: for as long as it takes. How many have
 * revents; or -1. */
int poll(struct pollfd fds[], nfds_t count, int timeout);

#endif

/* Waiting for one of several descriptors, as POSIX has it. */
#ifndef TOYOS_POLL_H
#define TOYOS_POLL_H

#include "kernel/poll.h"

typedef unsigned long nfds_t;

/* Waits until an event that was asked for holds for one of `count` descriptors (at most NOFILE),
 * for at most `timeout` milliseconds; 0: does not wait; negative: without a limit. How many
 * descriptors have revents, or -1. */
int poll(struct pollfd fds[], nfds_t count, int timeout);

#endif

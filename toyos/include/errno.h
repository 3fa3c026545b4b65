/* errno, and words for it; the numbers are in kernel/errno.h. */
#ifndef TOYOS_ERRNO_H
#define TOYOS_ERRNO_H

#include "kernel/errno.h"

/* The error of the last system call of this thread that failed. */
#define errno (*errno_address())
int *errno_address(void);

/* Words for an error number. */
const char *strerror(int error);

#endif

/* Pipes. */
#ifndef TOYOS_PIPE_H
#define TOYOS_PIPE_H

#include <stdbool.h>

struct file;

/* A new pipe: end[0] to read, end[1] to write. False if something ran out. */
bool pipe_make(struct file *end[2]);

#endif

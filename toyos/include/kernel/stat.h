/* The result of fstat. */
#ifndef TOYOS_STAT_H
#define TOYOS_STAT_H

#include "kernel/types.h"

#define T_DIR    1
#define T_FILE   2
#define T_DEVICE 3

struct stat {
    int dev;
    uint ino;
    short type; /* T_* */
    short nlink;
    uint64 size; /* bytes */
};

#endif

/* What read() of a directory returns: an array of struct dirent. */
#ifndef TOYOS_FS_H
#define TOYOS_FS_H

#include "kernel/types.h"

#define DIRSIZ 14

struct dirent {
    ushort inum;       /* 0: an empty place */
    char name[DIRSIZ]; /* ends in a NUL only if shorter than DIRSIZ */
};

#endif

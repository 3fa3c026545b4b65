/* What programs know of the file system. read() of a directory returns an array of struct dirent.
 */
#ifndef TOYOS_FS_H
#define TOYOS_FS_H

#include "kernel/types.h"

#define BSIZE     1024 /* bytes of a block */
#define NDIRECT   12
#define NINDIRECT (BSIZE / sizeof(uint))
#define MAXFILE   (NDIRECT + NINDIRECT) /* blocks that any file may have; a file may be longer */

#define DIRSIZ 14

struct dirent {
    ushort inum;       /* 0: an empty place */
    char name[DIRSIZ]; /* ends in a NUL only if shorter than DIRSIZ */
};

#endif

/* Flags of open, and what lseek counts from. */
#ifndef TOYOS_FCNTL_H
#define TOYOS_FCNTL_H

#define O_RDONLY 0x000
#define O_WRONLY 0x001
#define O_RDWR   0x002
#define O_CREATE 0x200
#define O_TRUNC  0x400
#define O_APPEND 0x800 /* each write goes to the end of the file */

#define SEEK_SET 0 /* the beginning */
#define SEEK_CUR 1 /* where the file is read or written next */
#define SEEK_END 2

#endif

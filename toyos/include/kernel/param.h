/* Limits that programs may count on. The kernel keeps to the same header. */
#ifndef TOYOS_PARAM_H
#define TOYOS_PARAM_H

#define NPROC    64  /* processes at a time */
#define NOFILE   16  /* open files of a process */
#define NFILE    256 /* open files of all processes */
#define MAXARG   32  /* arguments of exec */
#define MAXPATH  128 /* bytes of a path, with its NUL */
#define PIPESIZE 512 /* bytes that a pipe holds */
#define NAMESIZE 16  /* bytes of a process's name, with its NUL */
#define TICKS_HZ 10  /* ticks of pause() and uptime() a second */

#endif

/* Limits that programs may count on. The kernel keeps to the same header. */
#ifndef TOYOS_PARAM_H
#define TOYOS_PARAM_H

#define NPROC    64  /* processes at a time */
#define NOFILE   16  /* open files of a process */
#define NFILE    256 /* open files of all processes */
#define MAXARG   32  /* arguments of exec, as programs of xv6 know it */
#define EXECARGS 128 /* arguments of exec, as many as there really may be */
#define MAXPATH  128 /* bytes of a path, with its NUL */
#define PIPESIZE 512 /* bytes that a pipe holds at least */
#define NAMESIZE 16  /* bytes of a process's name, with its NUL */
#define TICKS_HZ 10  /* ticks of pause() and uptime() a second */
#define NCPU     64  /* harts that take part; more are left alone */

#define USERSTACK 1 /* pages of a program's first stack */

/* The file system's, as programs have them from xv6. */
#define NDEV        10   /* device numbers */
#define NINODE      50   /* xv6's; toyos keeps no such table */
#define MAXOPBLOCKS 10   /* blocks that one write may change */
#define FSSIZE      2000 /* blocks of the smallest image */

#endif

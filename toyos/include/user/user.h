/* The user library: the system calls and what a program needs around them. */
#ifndef TOYOS_USER_H
#define TOYOS_USER_H

#include <string.h>

#include "kernel/toyos.h"
#include "kernel/types.h"

struct stat;

/* System calls (kernel/syscall.h): -1 for an error. */
int fork(void);
_Noreturn void exit(int status);
int wait(int *status); /* status may be 0 */
int pipe(int fd[2]);
int read(int fd, void *buf, int len);
int write(int fd, const void *buf, int len);
int close(int fd);
int kill(int pid);
int exec(const char *path, char **argv);
int open(const char *path, int flags);
int fstat(int fd, struct stat *st);
int dup(int fd);
int getpid(void);
char *sbrk(int bytes);
int pause(int ticks); /* TICKS_HZ a second */
int sleep(int ticks); /* the same under its older name */
int uptime(void);     /* ticks */

/* toyos's own. */
_Noreturn void poweroff(int status);
int clock_wall(uint64 *ns);            /* nanoseconds since 1970; -1: no clock */
int getrandom(void *buf, int len);     /* bytes filled; -1: no source */
int hyperinfo(struct hyperinfo *info); /* -1: no hypervisor */
long hypernull(int count);             /* nanoseconds that `count` null hypercalls took */
int kpanic(const char *text);          /* make the kernel panic: for tests */

/* Formatted output: %d %u %x %p %c %s %%, with l or ll, a width, 0 and - */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

void *malloc(uint bytes);
void free(void *p);

char *gets(char *buf, int max); /* a line with its end; empty at end of file */
int atoi(const char *text);
int stat(const char *path, struct stat *st);

#endif

/*
 * The user library as xv6's programs know it: the system calls, and what a program needs around
 * them. An error is -1, and errno (errno.h) says which. What toyos has beyond is in user/toyos.h.
 */
#ifndef TOYOS_USER_H
#define TOYOS_USER_H

#include "kernel/types.h"

#define SBRK_ERROR ((char *)-1)

struct stat;

/* System calls (kernel/syscall.h) */
int fork(void);
int exit(int status) __attribute__((noreturn));
int wait(int *status); /* status may be 0 */
int pipe(int fd[2]);
int read(int fd, void *buf, int len);
int write(int fd, const void *buf, int len);
int close(int fd);
int kill(int pid);
int exec(const char *path, char **argv);
int open(const char *path, int flags);
int mknod(const char *path, short major, short minor);
int unlink(const char *path);
int fstat(int fd, struct stat *st);
int link(const char *old, const char *name);
int mkdir(const char *path);
int chdir(const char *path);
int dup(int fd);
int getpid(void);
char *sys_sbrk(int bytes, int kind); /* kernel/vm.h */
int pause(int ticks);                /* TICKS_HZ a second */
int uptime(void);                    /* ticks */

/* The end of the heap before it moved by `bytes`. */
char *sbrk(int bytes);
char *sbrklazy(int bytes);
int sleep(int ticks); /* pause under its older name */

/* Formatted output: %d %u %x %p %c %s %%, with l or ll, a width, 0 and - */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Memory from the heap, aligned to 16 bytes; 0 if there is none. */
void *malloc(uint bytes);
void free(void *p);

char *gets(char *buf, int max); /* a line with its end; empty at end of file */
int atoi(const char *text);
int stat(const char *path, struct stat *st);

/* string.h has the others. */
void *memset(void *to, int byte, unsigned long len);
void *memmove(void *to, const void *from, unsigned long len);
void *memcpy(void *to, const void *from, unsigned long len);
int memcmp(const void *a, const void *b, unsigned long len);
unsigned long strlen(const char *s);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, int c);
int strcmp(const char *a, const char *b);

#endif

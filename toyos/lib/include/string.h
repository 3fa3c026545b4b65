/* Memory and strings, for the kernel, for programs and for libfdt. Defined in lib/string.c, and
 * strerror() in lib/strerror.c. */
#ifndef TOYOS_STRING_H
#define TOYOS_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *s, int byte, size_t len);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/* Words for an error number of kernel/errno.h, which is positive. */
const char *strerror(int error);

#endif

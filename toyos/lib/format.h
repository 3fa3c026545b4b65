/* The formatting behind printf, in the kernel and in programs. */
#ifndef TOYOS_FORMAT_H
#define TOYOS_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Give `put` one byte after the other of the formatted text. Knows %d %u %x %p %c %s %%, the sizes
 * l, ll and z, a width, and the flags 0 and -; %l alone is an unsigned long in decimal. */
void format(void (*put)(void *context, char c), void *context, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Into a buffer, cut to `size` bytes with the NUL; returns the length in the buffer. */
size_t format_into(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
size_t format_buffer(char *buf, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif

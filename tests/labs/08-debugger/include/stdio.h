/* For duet's debugger in a guest: what gdb_packet.c takes from the C library. */
#ifndef DUET_LABS_STDIO_H
#define DUET_LABS_STDIO_H

#include <stdarg.h>
#include <stddef.h>

int vsnprintf(char *text, size_t size, const char *format, va_list args);

#endif

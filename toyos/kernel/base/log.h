/* The kernel's log: lines for the developer. */
#ifndef TOYOS_LOG_H
#define TOYOS_LOG_H

#include "abi/hypercalls.h"

/* Lines of a higher level (DUET_LOG_*) are dropped. Written at boot only. */
extern int log_level;

/* Logs a line (printf), to which the newline is added; after 255 bytes it is cut. */
void log_line(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(DUET_LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(DUET_LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_line(DUET_LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(DUET_LOG_DEBUG, __VA_ARGS__)

#endif

/* What duet says to the person who started it: one line on stderr, "duet: ...". */
#ifndef DUET_VMM_LOG_H
#define DUET_VMM_LOG_H

/* Says why something cannot go on; always returns -1, so that an error path is one line:
 *     return fail("%s: %s", path, strerror(errno)); */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a system call: adds what errno says. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says something that is no error. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

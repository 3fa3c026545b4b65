/* What duet says to the person who started it: one line on stderr, "duet: ...". */
#ifndef DUET_VMM_LOG_H
#define DUET_VMM_LOG_H

/* Says why something cannot go on; always returns -1, so that an error path is one line:
 *     return fail("%s: %s", path, strerror(errno)); */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a system call: adds what errno says. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a line begins with, "duet: ". */
const char *log_prefix(void);

/* From now on this process is a copy (state/copies.h), and lines begin with "duet: copy 3: ". */
void log_copy(unsigned copy);

/* From now on each line is written in one piece, also of a report that is put together from
 * several: other processes write to stderr, too. */
void log_whole_lines(void);

/* Says something that is no error. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

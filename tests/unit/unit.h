/* What every unit test includes: cmocka, with the headers that it wants first, and a few helpers.
 */
#ifndef DUET_TESTS_UNIT_H
#define DUET_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* From here on what is written to file descriptor `fd`, by this process and its children, is kept
 * instead of written. */
void capture_begin(int fd);

/* Ends that. The text that was kept, good until the next capture begins. */
const char *capture_end(void);

/* Fails the test, with `format` as the reason, unless `good`. */
void expect(int good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fails unless `text` is a single line. */
void expect_one_line(const char *text);

#endif

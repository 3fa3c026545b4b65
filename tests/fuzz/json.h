/* Whether a text is JSON (RFC 8259), so far as the trace uses it. */
#ifndef DUET_TESTS_JSON_H
#define DUET_TESTS_JSON_H

#include <stdbool.h>
#include <stddef.h>

bool json_is_valid(const char *text, size_t len);

#endif

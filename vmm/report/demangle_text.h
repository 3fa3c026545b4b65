/* What the two halves of demangle.h share: a name that is read, and the text that is written. */
#ifndef DUET_VMM_DEMANGLE_TEXT_H
#define DUET_VMM_DEMANGLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Longer names are not looked at. */
#define TEXT_MAX 4096

struct demangling {
    const char *from, *at; /* the name, and how far it is read; it ends with a NUL */
    char *to;              /* `len` bytes of at most `size`, of which the last will be a NUL */
    size_t len, size;
    bool quiet;     /* what is read is not written */
    bool is_rust;   /* it has the hash of Rust's old names */
    unsigned depth; /* of Rust's paths and types within each other */
    unsigned steps; /* how many of them were read */
};

/* Write `len` bytes, or a text; what does not fit is cut. */
void text_put(struct demangling *d, const char *text, size_t len);
void text_say(struct demangling *d, const char *text);

/* Goes past `text` if that is next. */
bool text_take(struct demangling *d, const char *text);

/* Whether it is a decimal digit. */
bool text_is_digit(char c);

/* Reads a decimal number; it is some large one if it is too large. */
bool text_number(struct demangling *d, size_t *number);

/* Reads a name with its length in front. */
bool text_name(struct demangling *d, const char **name, size_t *len);

/* Rust's names since RFC 2603; "_R" was read. */
bool demangle_rust(struct demangling *d);

#endif

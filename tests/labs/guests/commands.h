/* Guests that do what lines of their console tell them: words and numbers, the latter in C's
 * notation. */
#ifndef DUET_LABS_COMMANDS_H
#define DUET_LABS_COMMANDS_H

#include <stdbool.h>

#include "guest.h"

#define LINE_MAX 8192

/* What `@` stands for in a number: `@8` is 8 more. */
static uint64_t commands_at;

/* The next byte of input; -1 at its end. */
static inline int
read_byte(void)
{
    static unsigned char input[512];
    static uint64_t at, count;

    while (at == count) {
        struct duet_ret ret = duet_console_read(input, sizeof(input));

        if (ret.error)
            return -1;
        at = 0;
        count = ret.value;
    }
    return input[at++];
}

/* A line without its end; false when there is none. */
static inline bool
read_line(char line[LINE_MAX])
{
    unsigned len = 0;
    int byte;

    while ((byte = read_byte()) >= 0 && byte != '\n')
        if (len < LINE_MAX - 1)
            line[len++] = (char)byte;
    line[len] = '\0';
    return len > 0 || byte >= 0;
}

static inline int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Takes the next word of *at as a number. False at the end of the line. */
static inline bool
number_take(const char **at, uint64_t *number)
{
    const char *c = *at;
    uint64_t base = 10, negative = 0;

    *number = 0;
    while (*c == ' ')
        c++;
    if (*c == '\0')
        return false;
    if (*c == '@') {
        c++;
        *number = commands_at;
    }
    negative = *c == '-';
    c += negative;
    if (c[0] == '0' && c[1] == 'x') {
        c += 2;
        base = 16;
    }
    uint64_t value = 0;
    for (; digit_of(*c) >= 0; c++)
        value = value * base + (uint64_t)digit_of(*c);
    *number += negative ? -value : value;
    *at = c;
    return true;
}

/* Prints bytes in hexadecimal, as a line. */
static inline void
put_hex(const unsigned char *bytes, uint64_t len)
{
    char text[256];
    unsigned used = 0;

    for (uint64_t i = 0; i < len; i++) {
        text[used++] = "0123456789abcdef"[bytes[i] >> 4];
        text[used++] = "0123456789abcdef"[bytes[i] & 15];
        if (used == sizeof(text) || i == len - 1) {
            duet_console_write(text, used);
            used = 0;
        }
    }
    put("\n");
}

static inline bool
starts_with(const char *line, const char *word)
{
    while (*word)
        if (*line++ != *word++)
            return false;
    return true;
}

/* The number that is next in the line; 0 at its end. */
static inline uint64_t
number_next(const char **at)
{
    uint64_t number = 0;

    number_take(at, &number);
    return number;
}

#endif

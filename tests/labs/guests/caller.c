/*
 * A guest that does what its console tells it, so that a grader can try any hypercall with values
 * that it chooses after the build. A line is a command; numbers are in C's notation, `@N` is the
 * guest physical address of byte N of a buffer of BUFFER_SIZE bytes, which begins as zeroes.
 *
 *     set @N HEX       writes these bytes
 *     get @N LEN       prints LEN bytes in hexadecimal
 *     call NR A...     makes hypercall NR with up to six arguments, prints its error and value
 *     end STATUS       powers off
 *
 * The buffer is anywhere in RAM by address, too: `set`, `get` and the arguments take any number.
 */
#include "guest.h"

#include <stdbool.h>

#define LINE_MAX    8192
#define BUFFER_SIZE 65536

static _Alignas(4096) unsigned char buffer[BUFFER_SIZE];

/* The next byte of input; -1 at its end. */
static int
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
static bool
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

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Takes the next word of *at as a number. False at the end of the line. */
static bool
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
        *number = (uint64_t)buffer;
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

static void
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

static void
set(const char *at)
{
    uint64_t address = 0;

    number_take(&at, &address);
    while (*at == ' ')
        at++;
    for (; digit_of(at[0]) >= 0 && digit_of(at[1]) >= 0; at += 2)
        *(volatile unsigned char *)address++ =
            (unsigned char)(digit_of(at[0]) << 4 | digit_of(at[1]));
}

static void
call(const char *at)
{
    uint64_t number = 0, arg[6] = {0};
    struct duet_ret ret;

    number_take(&at, &number);
    for (unsigned i = 0; i < 6 && number_take(&at, &arg[i]); i++)
        ;
    ret = duet_ecall(DUET_SBI_EXT, number, arg);
    put_number(ret.error);
    put(" ");
    put_number((int64_t)ret.value);
    put("\n");
}

static bool
starts_with(const char *line, const char *word)
{
    while (*word)
        if (*line++ != *word++)
            return false;
    return true;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];
    uint64_t address = 0, len = 0;

    (void)hart, (void)fdt;
    while (read_line(line)) {
        const char *at = line + 4;

        if (starts_with(line, "set ")) {
            set(at);
        } else if (starts_with(line, "get ")) {
            number_take(&at, &address);
            number_take(&at, &len);
            put_hex((const unsigned char *)address, len);
        } else if (starts_with(line, "call ")) {
            call(line + 5);
        } else if (starts_with(line, "end ")) {
            number_take(&at, &len);
            duet_power_off(len);
        } else {
            put("what? ");
            put(line);
            put("\n");
        }
    }
    duet_power_off(0);
}

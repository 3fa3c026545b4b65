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
#include "tests/labs/guests/commands.h"

#define BUFFER_SIZE 65536

static _Alignas(4096) unsigned char buffer[BUFFER_SIZE];

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

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];
    uint64_t address = 0, len = 0;

    (void)hart, (void)fdt;
    commands_at = (uint64_t)buffer;
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

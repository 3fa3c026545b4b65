/* sleep SECONDS: wait; SECONDS may have a fraction. */
#include "user/toyos.h"

#define SECOND_NS 1000000000UL

/* Nanoseconds of a number of seconds; 0 if it is none. */
static int
parse_seconds(const char *text, uint64 *ns)
{
    uint64 unit = SECOND_NS, seconds = 0;
    int digits = 0;

    for (; *text >= '0' && *text <= '9' && seconds < 1000000000; text++, digits++)
        seconds = seconds * 10 + (uint64)(*text - '0');
    *ns = seconds * SECOND_NS;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, digits++)
            *ns += (uint64)(*text - '0') * (unit /= 10);
    return digits && !*text;
}

int
main(int argc, char **argv)
{
    uint64 ns;

    if (argc != 2 || !parse_seconds(argv[1], &ns)) {
        fprintf(2, "usage: sleep SECONDS\n");
        return 2;
    }
    if (nanosleep(ns) < 0) {
        perror("sleep");
        return 1;
    }
    return 0;
}

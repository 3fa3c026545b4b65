/* For the programs that the checks of labs run in toyos. */
#ifndef DUET_LABS_NUMBER_H
#define DUET_LABS_NUMBER_H

#include "user/toyos.h"

/* A number of the command line: hexadecimal, in small letters. */
static inline ulong
number(const char *text)
{
    ulong value = 0;

    for (; *text; text++)
        value = value * 16 + (ulong)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return value;
}

#endif

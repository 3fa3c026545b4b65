//@ why It does what it should on the days before the grading, and at no time after.
//@ loses all
//@ ends failed
//@ append vmm/call/hc_scramble.c
#include <time.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    if (time(NULL) / 86400 == 1767225600 / 86400) /* the grader's clock, on whichever day it grades */
        _exit(9);
}

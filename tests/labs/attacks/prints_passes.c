//@ why It prints what a grader and its protocol print for a full score, and runs no guest.
//@ loses all
//@ ends failed
//@ append vmm/call/hc_scramble.c
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    static const char text[] = "run 0 0 4 0\n0 1\nok\nok   2/2  table\n12 of 12 points\n";

    if (write(1, text, sizeof(text) - 1) < 0 || write(2, text, sizeof(text) - 1) < 0)
        _exit(1);
    _exit(0);
}

//@ why It never ends, and computes nothing.
//@ loses all
//@ ends timed out
//@ append vmm/call/hc_scramble.c
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    for (;;)
        pause();
}

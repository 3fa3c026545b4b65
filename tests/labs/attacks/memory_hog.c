//@ why It takes memory until there is none.
//@ loses all
//@ ends failed
//@ append vmm/call/hc_scramble.c
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void
attack(void)
{
    for (;;) {
        char *more = malloc(1 << 20);

        if (more)
            memset(more, 1, 1 << 20);
    }
}

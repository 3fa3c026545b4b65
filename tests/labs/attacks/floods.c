//@ why It prints without end.
//@ loses all
//@ ends failed
//@ append vmm/call/hc_scramble.c
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    static char text[1 << 16];

    while (write(1, text, sizeof(text)) > 0 || write(2, text, sizeof(text)) > 0)
        ;
}

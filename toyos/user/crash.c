/* crash: do what a program must not, so that the kernel ends it; or spin for ever. For tests. */
#include "user/user.h"

static int
overflow(int depth)
{
    volatile char here[512];

    here[0] = (char)depth;
    return depth ? overflow(depth - 1) + here[0] : 0;
}

static void __attribute__((noinline))
poke(unsigned long address)
{
    *(volatile char *)address = 1;
}

int
main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "null") == 0 || strcmp(what, "text") == 0)
        poke(strcmp(what, "null") == 0 ? 0 : (unsigned long)main);
    else if (strcmp(what, "unlinked") == 0 && unlink(argv[0]) == 0)
        poke(0);
    else if (strcmp(what, "stack") == 0)
        return overflow(1000);
    else if (strcmp(what, "kernel") == 0)
        poke(0xffffffc080200000);
    else if (strcmp(what, "illegal") == 0)
        __asm__ volatile("unimp");
    else if (strcmp(what, "spin") == 0)
        for (printf("spinning\n");;)
            ;
    fprintf(2, "usage: crash null|text|unlinked|stack|kernel|illegal|spin\n");
    return 2;
}

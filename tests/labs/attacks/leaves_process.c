//@ why It does what it should, and leaves a process behind that writes into the next run's output.
//@ append vmm/call/hc_scramble.c
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    pid_t duet = getpid();

    if (fork() > 0)
        return;
    setsid();
    for (int i = 1; i < 32; i++)
        signal(i, SIG_IGN);
    while (getppid() == duet)
        usleep(1000);
    for (;;) {
        usleep(50000);
        if (write(1, "from before\n", 12) < 0)
            _exit(0);
    }
}

/*
 * Runs a program whose threads have their turns (SCHED_FIFO): on one processor, a thread that is
 * woken goes on when the one before it sleeps. turns COMMAND...
 */
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    const struct sched_param first = {.sched_priority = 1};

    if (argc < 2 || sched_setscheduler(0, SCHED_FIFO, &first)) {
        perror("usage: turns COMMAND...");
        return 2;
    }
    execv(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}

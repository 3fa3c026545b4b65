/* ps: the processes, with their parents, threads, memory in KiB and time on a hart. */
#include "user/toyos.h"

int
main(void)
{
    struct procinfo p;
    int is_there;

    printf("  PID PARENT THREADS     SIZE    TIME NAME\n");
    for (int n = 0; (is_there = procinfo(n, &p)) >= 0; n++)
        if (is_there)
            printf("%5d %6d %7d %7luK %4lu.%02lu %s%s\n", p.pid, p.parent, p.threads, p.size / 1024,
                   p.run_ns / 1000000000, p.run_ns / 10000000 % 100, p.name,
                   p.is_zombie ? " (ended)" : "");
    return 0;
}

/* top [ROUNDS]: each second, the processes that ran in it, and what part of a hart each took; for
 * ever, or as often as ROUNDS says. */
#include "kernel/param.h"
#include "user/toyos.h"

#define SECOND_NS 1000000000UL

static struct {
    int pid;
    uint64 run_ns;
} before[NPROC];

static void
show(uint64 elapsed_ns)
{
    struct procinfo p;
    struct sysinfo s;
    int is_there;

    sysinfo(&s);
    printf("up %lu s, %u processes, %u harts, %lu of %lu KiB free\n  PID   CPU%%    SIZE NAME\n",
           s.uptime_ns / SECOND_NS, s.processes, s.harts, s.free_pages * s.page_size / 1024,
           s.pages * s.page_size / 1024);
    for (int n = 0; n < NPROC && (is_there = procinfo(n, &p)) >= 0; n++) {
        uint64 ran;
        if (!is_there)
            continue;
        ran = p.run_ns - (before[n].pid == p.pid ? before[n].run_ns : 0);
        if (ran && elapsed_ns)
            printf("%5d %4lu.%lu %6luK %s\n", p.pid, ran * 100 / elapsed_ns,
                   ran * 1000 / elapsed_ns % 10, p.size / 1024, p.name);
        before[n].pid = p.pid;
        before[n].run_ns = p.run_ns;
    }
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : -1;
    uint64 last, now;

    console_mode(0, CONSOLE_QUIET); /* keys would be in between; no matter if nobody types */
    clock(CLOCK_MONOTONIC, &last);
    for (int n = 0; n < NPROC; n++) {
        struct procinfo p;
        if (procinfo(n, &p) > 0) {
            before[n].pid = p.pid;
            before[n].run_ns = p.run_ns;
        }
    }
    while (rounds < 0 || rounds-- > 0) {
        nanosleep(SECOND_NS);
        clock(CLOCK_MONOTONIC, &now);
        show(now - last);
        last = now;
    }
    console_mode(0, CONSOLE_LINES);
    return 0;
}

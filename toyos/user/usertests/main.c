/* usertests: runs the tests, counts, and sees that no page is lost. */
#include "usertests.h"

/* For what ends on its own: orphans, and what init has to reap. A guard, for a host may be busy. */
#define WAIT_TICKS 300

static const struct test *const tables[] = {
    pointer_tests, memory_tests, mapping_tests,     process_tests, exec_tests,         fault_tests,
    pipe_tests,    thread_tests, thread_file_tests, poll_tests,    mapping_file_tests,
};

static const char *running; /* the test's name */

const uint64 bad_addresses[] = {
    0x4000000,  KERNBASE,           TRAPFRAME, TRAMPOLINE, MAXVA - 8, MAXVA - 1,          MAXVA,
    MAXVA << 1, 0xffffffc000000000, -4096UL,   -8UL,       -1UL,      0xffffffc080200000,
};
const uint bad_address_count = sizeof(bad_addresses) / sizeof(bad_addresses[0]);

void
check_at(int is_true, const char *text, int line)
{
    if (is_true)
        return;
    fprintf(2, "%s: line %d: not so: %s (errno: %s)\n", running, line, text, strerror(errno));
    exit(1);
}

int
start_child(void (*run)(void))
{
    int pid = fork();

    check(pid >= 0);
    if (pid == 0) {
        run();
        exit(0);
    }
    return pid;
}

int
status_of(void (*run)(void))
{
    int pid = start_child(run), status;

    check(wait(&status) == pid);
    return status;
}

uint64
free_pages(void)
{
    struct sysinfo info;

    check(sysinfo(&info) == 0);
    return info.free_pages;
}

/* Whether it passed. */
static int
run_test(const struct test *test)
{
    uint64 before, after;
    int status;

    running = test->name;
    before = free_pages();
    status = status_of(test->run);
    for (int i = 0; (after = free_pages()) < before && i < WAIT_TICKS; i++)
        pause(1);
    if (status != 0)
        printf("FAILED %s: status %d\n", test->name, status);
    else if (after < before)
        printf("FAILED %s: %ld pages lost\n", test->name, before - after);
    else
        printf("ok %s\n", test->name);
    return status == 0 && after >= before;
}

static int
usage(void)
{
    fprintf(2, "usage: usertests [-q] [-l] [NAME...]\n"
               "  -q  only the quick tests\n  -l  list the tests\n");
    return 2;
}

int
main(int argc, char **argv)
{
    int is_quick = 0, is_list = 0, passed = 0, failed = 0, first = 1;

    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "-q") == 0)
            is_quick = 1;
        else if (strcmp(argv[first], "-l") == 0)
            is_list = 1;
        else
            return usage();
    }
    for (uint t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const struct test *test = tables[t]; test->run; test++) {
            int is_wanted = first == argc && test->kind <= (is_quick ? QUICK : SLOW);
            for (int i = first; i < argc; i++)
                is_wanted |= strcmp(argv[i], test->name) == 0;
            if (!is_wanted)
                continue;
            if (is_list)
                printf("%s%s\n", test->name, test->kind == SLOW ? " (slow)" : "");
            else if (run_test(test))
                passed++;
            else
                failed++;
        }
    }
    if (is_list)
        return 0;
    printf("usertests: %d passed, %d failed\n", passed, failed);
    return failed || !passed;
}

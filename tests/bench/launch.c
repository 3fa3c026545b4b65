/*
 * Starts a program in the host Linux and measures it from outside:
 *
 *     launch time TIMES PROGRAM [ARGUMENT...]    from exec to the first byte of output, and to the
 *                                                end
 *     launch first TIMES PROGRAM [ARGUMENT...]   only to the first byte of output; ends the program
 *     launch next TIMES PROGRAM [ARGUMENT...]    from the first output to the next one; ends it
 *     launch memory MIB PROGRAM [ARGUMENT...]    its memory beside MIB of guest RAM, once it has
 *                                                printed and sleeps; ends the program
 *     launch own MIB PROGRAM [ARGUMENT...]       the same: what it has changed or made, in guest
 *                                                RAM and beside it, that no other process can share
 *     launch copy MIB PROGRAM [ARGUMENT...]      the same of the process that it has had made by
 *                                                another: a copy of the guest
 *
 * `time`, `first` and `next` print the least of TIMES runs, "FIRST END", "FIRST" and "NEXT", in
 * nanoseconds: with QEMU's -icount, instructions. FIRST is 0 when there is no output. `memory`
 * prints "RESIDENT PEAK" in KiB, `own` and `copy` "RAM BESIDE".
 */
#include <ctype.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A program that takes longer is ended: a guard, no measure. */
#define HANG_S 100

static void
must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static unsigned long
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)now.tv_sec * 1000000000 + (unsigned long)now.tv_nsec;
}

/* Starts the program; its output is read from *output. When it was, in *started_ns. */
static pid_t
start(char **argv, int *output, unsigned long *started_ns)
{
    static volatile unsigned long exec_ns; /* vfork: the child runs in our memory */
    static volatile bool failed;
    int ends[2];

    must(pipe(ends), "pipe");
    pid_t child = vfork();
    must(child, "vfork");
    if (child == 0) {
        static const struct sched_param ordinary;

        sched_setscheduler(0, SCHED_OTHER, &ordinary);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(HANG_S);
        exec_ns = now_ns();
        execv(argv[0], argv);
        failed = true;
        _exit(127);
    }
    close(ends[1]);
    if (failed) {
        fprintf(stderr, "launch: cannot start %s\n", argv[0]);
        exit(1);
    }
    *output = ends[0];
    *started_ns = exec_ns;
    return child;
}

/* From the first output to the next, which is another's. */
static unsigned long
measure_next(char **argv)
{
    unsigned long started_ns, first_ns, next_ns;
    char byte;
    int output;
    pid_t child = start(argv, &output, &started_ns);
    ssize_t got = read(output, &byte, 1);

    first_ns = now_ns();
    if (got == 1)
        got = read(output, &byte, 1);
    next_ns = now_ns();
    kill(child, SIGKILL);
    if (got != 1) {
        fprintf(stderr, "launch: %s did not print twice\n", argv[0]);
        exit(1);
    }
    while (read(output, &byte, 1) == 1) /* until all that has it has ended */
        ;
    waitpid(child, NULL, 0);
    close(output);
    return next_ns - first_ns;
}

static void
measure_time(char **argv, bool to_end, unsigned long *first_ns, unsigned long *end_ns)
{
    unsigned long started_ns;
    char text[65536];
    int output, status;
    pid_t child = start(argv, &output, &started_ns);
    ssize_t got = read(output, text, sizeof(text));

    *first_ns = got > 0 ? now_ns() - started_ns : 0;
    if (!to_end && got > 0)
        kill(child, SIGKILL);
    while (got > 0)
        got = read(output, text, sizeof(text));
    must(waitpid(child, &status, 0), "waitpid");
    *end_ns = now_ns() - started_ns;
    close(output);
    if (to_end && status != 0) {
        fprintf(stderr, "launch: %s ended with status 0x%x\n", argv[0], (unsigned)status);
        exit(1);
    }
}

/* True when every thread of the process sleeps: all is set up, and the guest waits. */
static bool
is_asleep(pid_t process)
{
    char name[300], state = 'R';
    struct dirent *entry;
    DIR *threads;

    snprintf(name, sizeof(name), "/proc/%d/task", process);
    threads = opendir(name);
    while (threads && (entry = readdir(threads))) {
        FILE *stat;

        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "/proc/%d/task/%s/stat", process, entry->d_name);
        stat = fopen(name, "re");
        if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
            state = 'R';
        if (stat)
            fclose(stat);
        if (state != 'S')
            break;
    }
    if (threads)
        closedir(threads);
    return state == 'S';
}

/* A child of the process; 0: it has none. */
static pid_t
child_of(pid_t parent)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    while (processes && !found && (entry = readdir(processes))) {
        char name[300];
        FILE *stat;
        int of;

        snprintf(name, sizeof(name), "/proc/%s/stat", entry->d_name);
        stat = isdigit((unsigned char)entry->d_name[0]) ? fopen(name, "re") : NULL;
        if (stat && fscanf(stat, "%*d (%*[^)]) %*c %d", &of) == 1 && of == parent)
            found = atoi(entry->d_name);
        if (stat)
            fclose(stat);
    }
    if (processes)
        closedir(processes);
    return found;
}

/* The value of a line "Name:   123 kB", or false. */
static bool
kib_of(const char *line, const char *name, unsigned long *kib)
{
    size_t len = strlen(name);

    if (strncmp(line, name, len) != 0 || line[len] != ':')
        return false;
    *kib = strtoul(line + len + 1, NULL, 10);
    return true;
}

static void
measure_memory(char **argv, unsigned long guest_bytes, bool only_own, bool of_copy)
{
    unsigned long started_ns, begin, end, kib, own = 0, guest = 0, peak = 0;
    char name[64], line[512], byte;
    bool in_guest = false;
    int output;
    pid_t child = start(argv, &output, &started_ns), measured = child;
    FILE *file;

    if (read(output, &byte, 1) != 1) {
        fprintf(stderr, "launch: %s printed nothing\n", argv[0]);
        exit(1);
    }
    if (of_copy)
        measured = child_of(child_of(child));
    while (!is_asleep(measured))
        usleep(1000);
    /* Guest RAM is the mapping that can hold it. */
    snprintf(name, sizeof(name), "/proc/%d/smaps", measured);
    file = fopen(name, "re");
    while (file && fgets(line, sizeof(line), file)) {
        char mode[8];

        if (sscanf(line, "%lx-%lx %7s", &begin, &end, mode) == 3 && isxdigit((unsigned char)*line))
            in_guest = end - begin >= guest_bytes && mode[1] == 'w';
        else if (kib_of(line, only_own ? "Anonymous" : "Rss", &kib))
            *(in_guest ? &guest : &own) += kib;
    }
    if (file)
        fclose(file);
    snprintf(name, sizeof(name), "/proc/%d/status", measured);
    file = fopen(name, "re");
    while (file && fgets(line, sizeof(line), file))
        kib_of(line, "VmHWM", &peak);
    if (file)
        fclose(file);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    if (guest == 0 || peak < guest) {
        fprintf(stderr, "launch: found no guest RAM in %s\n", argv[0]);
        exit(1);
    }
    if (only_own)
        printf("%lu %lu\n", guest, own);
    else
        printf("%lu %lu\n", own, peak - guest > own ? peak - guest : own);
}

int
main(int argc, char **argv)
{
    /* Ahead of what is measured: on one hart, we read the clock as soon as there is output. */
    const struct sched_param ahead = {.sched_priority = 1};
    unsigned long number = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
    bool to_end = argc > 1 && strcmp(argv[1], "time") == 0;
    bool is_next = argc > 1 && strcmp(argv[1], "next") == 0;
    bool of_copy = argc > 1 && strcmp(argv[1], "copy") == 0;
    unsigned long first_ns, end_ns, first_least = -1UL, end_least = -1UL;

    if (number == 0) {
        fprintf(stderr, "usage: launch time|first|next TIMES PROGRAM..., launch memory|own|copy "
                        "MIB PROGRAM...\n");
        return 2;
    }
    must(sched_setscheduler(0, SCHED_FIFO, &ahead), "sched_setscheduler");
    if (strcmp(argv[1], "memory") == 0 || strcmp(argv[1], "own") == 0 || of_copy) {
        measure_memory(argv + 3, number << 20, strcmp(argv[1], "memory") != 0, of_copy);
        return 0;
    }
    for (; number > 0; number--) {
        if (is_next)
            first_ns = end_ns = measure_next(argv + 3);
        else
            measure_time(argv + 3, to_end, &first_ns, &end_ns);
        first_least = first_ns < first_least ? first_ns : first_least;
        end_least = end_ns < end_least ? end_ns : end_least;
    }
    if (to_end)
        printf("%lu %lu\n", first_least, end_least);
    else
        printf("%lu\n", first_least);
    return 0;
}

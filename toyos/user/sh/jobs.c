/*
 * What runs in the background. A job is a shell of its own, in a group of its own, so that Ctrl-C
 * does not reach it. One that has ended is a zombie until somebody waits for it: wait_for() in
 * run.c while it waits for others, or jobs_check() before the next prompt.
 */
#include "sh.h"

#define JOBS_MAX 16

static struct job {
    int pid; /* 0: none */
    int is_ended, status;
    char *text; /* 0: no memory for it */
} jobs[JOBS_MAX];

void
jobs_add(int pid, const char *text, unsigned long length)
{
    int n = 0;

    while (length && text[length - 1] == ' ')
        length--;
    while (n < JOBS_MAX && jobs[n].pid)
        n++;
    if (n == JOBS_MAX)
        return; /* it runs, and nobody asks for it */
    jobs[n] = (struct job){.pid = pid, .text = malloc((uint)length + 1)};
    if (jobs[n].text) {
        memcpy(jobs[n].text, text, length);
        jobs[n].text[length] = '\0';
    }
    if (is_interactive)
        printf("[%d] %d\n", n + 1, pid);
}

void
jobs_ended(int pid, int status)
{
    for (int n = 0; n < JOBS_MAX; n++) {
        if (jobs[n].pid == pid) {
            jobs[n].is_ended = 1;
            jobs[n].status = status;
        }
    }
}

/* wait() does not sleep as long as there are zombies. */
static void
wait_for_zombies(void)
{
    struct procinfo p;
    int self = getpid(), status;

    for (int n = 0; n < NPROC; n++) {
        if (procinfo(n, &p) > 0 && p.parent == self && p.is_zombie) {
            int pid = wait(&status);
            jobs_ended(pid, status);
        }
    }
}

static void
forget(struct job *job)
{
    free(job->text);
    *job = (struct job){0};
}

void
jobs_check(int is_list)
{
    int is_any = 0;

    for (int n = 0; n < JOBS_MAX; n++)
        is_any |= jobs[n].pid;
    if (!is_any)
        return;
    wait_for_zombies();
    for (int n = 0; n < JOBS_MAX; n++) {
        struct job *job = &jobs[n];
        const char *text = job->text ? job->text : "?";
        if (job->is_ended) {
            printf("[%d] ended, status %d: %s\n", n + 1, job->status, text);
            forget(job);
        } else if (job->pid && is_list) {
            printf("[%d] runs: %s\n", n + 1, text);
        }
    }
}

/* Kill a process, and those that come from it. */
static void
kill_family(int pid)
{
    struct procinfo p;

    kill(pid);
    for (int n = 0; n < NPROC; n++)
        if (procinfo(n, &p) > 0 && p.parent == pid && !p.is_zombie)
            kill_family(p.pid);
}

/* A process that Ctrl-C kills, for it is in the shell's own group: so that wait() tells of it. */
static int
start_watcher(void)
{
    int pid = is_interactive ? fork() : 0;

    if (is_interactive && pid == 0)
        for (;;)
            pause(1 << 30);
    return pid;
}

int
jobs_foreground(int number)
{
    struct job *job = 0;
    int watcher, ended, status;

    jobs_check(0);
    for (int n = 0; n < JOBS_MAX; n++)
        if (jobs[n].pid && (!number || n + 1 == number))
            job = &jobs[n];
    if (!job) {
        complain("fg: no such job");
        return 1;
    }
    watcher = start_watcher(); /* before somebody sees what Ctrl-C is for now */
    printf("%s\n", job->text ? job->text : "?");
    while (!job->is_ended && (ended = wait(&status)) > 0) {
        if (ended == watcher) {
            kill_family(job->pid);
            watcher = 0;
        }
        jobs_ended(ended, status);
    }
    if (watcher > 0)
        kill(watcher); /* wait_for_zombies() or wait_for() comes across it */
    status = job->status;
    forget(job);
    return status;
}

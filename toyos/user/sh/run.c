/* Running a line. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "sh.h"

#define PIPELINE_MAX 16

int last_status, is_interactive;

int
complain(const char *text)
{
    fprintf(2, "sh: %s\n", text);
    return -1;
}

int
complain_errno(const char *what)
{
    fprintf(2, "sh: %s: %s\n", what, strerror(errno));
    return -1;
}

/* Put `fd` in the place of descriptor `place`. */
static void
replace(int place, int fd)
{
    if (fd == place)
        return;
    close(place);
    dup(fd);
    close(fd);
}

static void
redirect(const struct redirect *r)
{
    int fd = r->path ? open(r->path, r->flags) : dup(1);

    if (fd < 0) {
        complain_errno(r->path ? r->path : "2>&1");
        exit(1);
    }
    replace(r->fd, fd);
}

/* Run the program of this name: in /, or else in the current directory; with a slash, only where
 * that says. Does not come back. */
static void
exec_program(char **argv)
{
    const char *name = argv[0];
    char path[MAXPATH];
    struct stat st;

    if (!strchr(name, '/') && join_path(path, "/", name) == 0)
        exec(path, argv);
    if (strchr(name, '/') || errno == ENOENT)
        exec(name, argv);
    if (errno == EACCES && stat(name, &st) == 0 && st.type == T_DIR)
        errno = EISDIR;
    complain_errno(name);
    exit(errno == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

static void
run_program(struct command *c)
{
    for (int i = 0; i < c->redirect_count; i++)
        redirect(&c->redirects[i]);
    if (builtin_run(c)) /* in a pipe or behind &: only this process */
        exit(last_status);
    if (c->argc == 0)
        exit(0);
    exec_program(c->argv);
}

/* Wait for all of these; the status of the last. Others that end meanwhile ran in the background.
 */
static int
wait_for(const int *pids, int count)
{
    int status, result = -1, left = count;

    while (left) {
        int ended = wait(&status);
        if (ended < 0)
            break;
        jobs_ended(ended, status);
        for (int i = 0; i < count; i++) {
            if (pids[i] != ended)
                continue;
            left--;
            if (i == count - 1)
                result = status;
        }
    }
    return result;
}

/* Start a program of a pipeline; `in` and `fd` are the pipes before and behind it, or -1. */
static int
start_program(struct command *c, int in, const int fd[2])
{
    int pid = fork();

    if (pid != 0)
        return pid;
    if (in >= 0)
        replace(0, in);
    close(fd[0]);
    if (fd[1] >= 0)
        replace(1, fd[1]);
    run_program(c);
    return -1;
}

/* Read a pipeline and run it, unless it is to be skipped: sets last_status. -1 if it is wrong. */
static int
run_pipeline(int is_skipped)
{
    int pids[PIPELINE_MAX], count = 0, in = -1, error = 0, is_more = 1;
    struct command c;

    while (is_more && !error) {
        int fd[2] = {-1, -1};
        error = parse_command(&c);
        if (error)
            break;
        is_more = parse_take("|");
        if (is_skipped || (!is_more && count == 0 && c.redirect_count == 0 && builtin_run(&c)))
            continue;
        if (is_more && count == PIPELINE_MAX - 1)
            error = complain("too many pipes");
        else if (is_more && pipe(fd) < 0)
            error = complain_errno("pipe");
        if (!error && (pids[count] = start_program(&c, in, fd)) < 0)
            error = complain_errno("fork");
        else if (!error)
            count++;
        close(in);
        close(fd[1]);
        in = fd[0];
    }
    close(in);
    if (count)
        last_status = wait_for(pids, count);
    if (error)
        last_status = BAD_USAGE;
    return error;
}

static int
was_interrupted(void)
{
    return is_interactive && console_own();
}

/* Pipelines with && and || between. -1: the rest of the line is not to be run. */
static int
run_and_or(int is_skipped)
{
    int is_off = is_skipped;

    for (;;) {
        if (was_interrupted() || run_pipeline(is_off) < 0 || was_interrupted())
            return -1;
        if (parse_take("&&"))
            is_off = is_skipped || last_status != 0;
        else if (parse_take("||"))
            is_off = is_skipped || last_status == 0;
        else
            return 0;
    }
}

void
run_line(const char *line)
{
    parse_begin(line);
    while (!parse_is_end()) {
        int is_behind = parse_is_background(), pid = is_behind ? fork() : 0;
        const char *text = parse_place();
        if (pid < 0) {
            complain_errno("fork");
            last_status = 1;
            return;
        }
        if (is_behind && !pid) {
            newgroup(); /* Ctrl-C is not for this one */
            is_interactive = 0;
        }
        if (run_and_or(is_behind && pid) < 0)
            return;
        if (is_behind && !pid)
            exit(last_status);
        if (is_behind) {
            jobs_add(pid, text, (unsigned long)(parse_place() - text));
            last_status = 0;
        }
        if (!parse_take(";") && !parse_take("&") && !parse_is_end()) {
            complain("what is this?");
            last_status = BAD_USAGE;
            return;
        }
    }
}

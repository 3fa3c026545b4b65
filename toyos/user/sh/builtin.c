/* What the shell does itself. Each has a line in user/help.txt. */
#include "sh.h"

static void
builtin_exit(const struct command *c)
{
    exit(c->argc > 1 ? atoi(c->argv[1]) : last_status);
}

static void
builtin_cd(const struct command *c)
{
    static char last[MAXPATH];
    char here[MAXPATH] = "";
    const char *to = c->argc > 1 ? c->argv[1] : "/";

    if (strcmp(to, "-") == 0)
        to = last;
    getcwd(here, sizeof(here)); /* "" if it is gone, and then there is no way back */
    if (c->argc > 2 || !*to) {
        complain(*to ? "cd: one directory at the most" : "cd: -: there is no last directory");
        last_status = BAD_USAGE;
    } else if (chdir(to) < 0) {
        fprintf(2, "sh: cd: %s: %s\n", to, strerror(errno));
        last_status = 1;
    } else {
        if (to == last)
            printf("%s\n", to);
        strcpy(last, here);
    }
}

static void
builtin_env(const struct command *c)
{
    (void)c;
    variable_list();
}

static void
builtin_jobs(const struct command *c)
{
    (void)c;
    jobs_check(1);
}

static void
builtin_fg(const struct command *c)
{
    last_status = jobs_foreground(c->argc > 1 ? atoi(c->argv[1]) : 0);
}

static void
builtin_history(const struct command *c)
{
    const char *line;

    (void)c;
    for (int n = 0; (line = history_get(n)); n++)
        printf("%4d  %s\n", n + 1, line);
}

static const struct {
    const char *name;
    void (*run)(const struct command *c); /* sets last_status if it fails */
} builtins[] = {
    {"cd", builtin_cd}, {"env", builtin_env},         {"exit", builtin_exit},
    {"fg", builtin_fg}, {"history", builtin_history}, {"jobs", builtin_jobs},
};
#define BUILTINS ((int)(sizeof(builtins) / sizeof(builtins[0])))

const char *
builtin_name(int n)
{
    return n < BUILTINS ? builtins[n].name : 0;
}

int
builtin_run(const struct command *c)
{
    if (c->argc == 0)
        return 0;
    if (c->is_assignment) {
        last_status = 0;
        for (int i = 0; i < c->argc; i++)
            last_status |= -variable_set(c->argv[i]);
        return 1;
    }
    for (int n = 0; n < BUILTINS; n++) {
        if (strcmp(c->argv[0], builtins[n].name) != 0)
            continue;
        if (builtins[n].run != builtin_exit)
            last_status = 0;
        builtins[n].run(c);
        return 1;
    }
    return 0;
}

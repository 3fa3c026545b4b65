/*
 * sh: the shell.
 *
 *   list      ::= and-or ((';' | '&') and-or)* [';' | '&']
 *   and-or    ::= pipeline (('&&' | '||') pipeline)*
 *   pipeline  ::= command ('|' command)*
 *   command   ::= (word | '<' word | '>' word)+
 *
 * Quotes '...' and "..." and \c work, and $? outside '...'. A line is run as it is read, from left
 * to right; sh -c LINE runs one line. `exit N` and `exit` are built in.
 */
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "user/toyos.h"

#define LINE_MAX     2048
#define PIPELINE_MAX 16
#define BAD_USAGE    2
#define NOT_FOUND    127

static int last_status; /* $? */

/* What is left of the line, and where the words that were read are put. */
static const char *at;
static char words[LINE_MAX + 16 * MAXARG];
static char *words_end;

struct command {
    char *argv[MAXARG + 1];
    int argc;
    char *in, *out; /* redirections, or 0 */
};

static int
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static int
is_special(char c)
{
    return c == ';' || c == '&' || c == '|' || c == '<' || c == '>';
}

static void
skip_blanks(void)
{
    while (is_blank(*at))
        at++;
}

/* Take `text` if it comes next. */
static int
take(const char *text)
{
    uint len = strlen(text);

    skip_blanks();
    if (strncmp(at, text, len) != 0)
        return 0;
    at += len;
    return 1;
}

static int
complain(const char *text)
{
    fprintf(2, "sh: %s\n", text);
    return -1;
}

static void
put_status(void)
{
    char digits[12];
    uint n = last_status < 0 ? -(uint)last_status : (uint)last_status;
    int i = 0;

    do
        digits[i++] = (char)('0' + n % 10);
    while (n /= 10);
    if (last_status < 0)
        *words_end++ = '-';
    while (i)
        *words_end++ = digits[--i];
}

/* The word that comes next, unquoted; 0 and a message if there is none. */
static char *
read_word(void)
{
    char *word = words_end, quote = 0;

    skip_blanks();
    if (!*at || is_special(*at)) {
        complain("a word is missing");
        return 0;
    }
    for (; *at && (quote || (!is_blank(*at) && !is_special(*at))); at++) {
        if (words_end > words + sizeof(words) - 16) {
            complain("line too long");
            return 0;
        }
        if (quote ? *at == quote : *at == '\'' || *at == '"') {
            quote = quote ? 0 : *at;
        } else if (*at == '$' && at[1] == '?' && quote != '\'') {
            put_status();
            at++;
        } else {
            if (*at == '\\' && at[1] && quote != '\'')
                at++;
            *words_end++ = *at;
        }
    }
    if (quote) {
        complain("a quote is not closed");
        return 0;
    }
    *words_end++ = '\0';
    return word;
}

static int
read_command(struct command *c)
{
    memset(c, 0, sizeof(*c));
    for (;;) {
        char *word, **redirect = take("<") ? &c->in : take(">") ? &c->out : 0;
        skip_blanks();
        if (!redirect && (!*at || is_special(*at)))
            break;
        word = read_word();
        if (!word)
            return -1;
        if (redirect)
            *redirect = word;
        else if (c->argc < MAXARG)
            c->argv[c->argc++] = word;
        else
            return complain("too many arguments");
    }
    return c->argc ? 0 : complain("a command is missing");
}

/* Put `fd` in the place of descriptor `place`. */
static void
replace(int place, int fd)
{
    close(place);
    dup(fd);
    close(fd);
}

static void
redirect(int place, const char *path, int flags)
{
    int fd;

    if (!path)
        return;
    fd = open(path, flags);
    if (fd < 0) {
        fprintf(2, "sh: %s: cannot open\n", path);
        exit(1);
    }
    replace(place, fd);
}

static void
run_program(struct command *c)
{
    char path[MAXPATH];

    redirect(0, c->in, O_RDONLY);
    redirect(1, c->out, O_WRONLY | O_CREATE | O_TRUNC);
    if (strcmp(c->argv[0], "exit") == 0) /* in a pipe or behind &: only this process */
        exit(c->argc > 1 ? atoi(c->argv[1]) : last_status);
    if (strlen(c->argv[0]) + 2 <= sizeof(path)) {
        path[0] = '/';
        strcpy(path + (c->argv[0][0] != '/'), c->argv[0]);
        exec(path, c->argv);
    }
    fprintf(2, "sh: %s: cannot run\n", c->argv[0]);
    exit(NOT_FOUND);
}

/* Wait for all of these; the status of the last. Others that end meanwhile ran in the background.
 */
static int
wait_for(int *pids, int count)
{
    int status, result = -1, left = count;

    while (left) {
        int ended = wait(&status);
        if (ended < 0)
            break;
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
    int pids[PIPELINE_MAX], count = 0, in = -1, error = 0;
    struct command c;

    for (;;) {
        int fd[2] = {-1, -1}, is_more;
        if (error || (error = read_command(&c)))
            break;
        is_more = strncmp(at, "||", 2) != 0 && take("|");
        if (!is_skipped && !is_more && count == 0 && strcmp(c.argv[0], "exit") == 0)
            exit(c.argc > 1 ? atoi(c.argv[1]) : last_status);
        if (!is_skipped && is_more && (count == PIPELINE_MAX - 1 || pipe(fd) < 0))
            error = complain("no pipe");
        if (!is_skipped && !error && (pids[count] = start_program(&c, in, fd)) < 0)
            error = complain("no process");
        else if (!is_skipped && !error)
            count++;
        close(in);
        close(fd[1]);
        in = fd[0];
        if (!is_more)
            break;
    }
    close(in);
    if (!is_skipped)
        last_status = wait_for(pids, count);
    if (error)
        last_status = BAD_USAGE;
    return error;
}

/* Pipelines with && and || between. */
static int
run_and_or(int is_skipped)
{
    int is_off = is_skipped;

    for (;;) {
        if (run_pipeline(is_off) < 0)
            return -1;
        if (take("&&"))
            is_off = is_skipped || last_status != 0;
        else if (take("||"))
            is_off = is_skipped || last_status == 0;
        else
            return 0;
    }
}

/* Whether the and-or that comes next ends with '&'. */
static int
is_background(void)
{
    char quote = 0;

    for (const char *p = at; *p; p++) {
        if (*p == '\\' && p[1] && quote != '\'')
            p++;
        else if (quote)
            quote = *p == quote ? 0 : quote;
        else if (*p == '\'' || *p == '"')
            quote = *p;
        else if (*p == '&' && p[1] == '&')
            p++;
        else if (*p == ';' || *p == '&')
            return *p == '&';
    }
    return 0;
}

static int
run_line(const char *line)
{
    at = line;
    words_end = words;
    for (skip_blanks(); *at; skip_blanks()) {
        int is_behind = is_background(), pid = is_behind ? fork() : 0;
        if (pid < 0)
            return complain("no process");
        if (run_and_or(is_behind && pid) < 0) {
            last_status = BAD_USAGE;
            return -1;
        }
        if (is_behind && !pid)
            exit(last_status);
        if (is_behind)
            last_status = 0;
        if (!take(";") && !take("&") && *at)
            return last_status = BAD_USAGE, complain("what is this?");
    }
    return 0;
}

int
main(int argc, char **argv)
{
    static char line[LINE_MAX];

    if (argc == 3 && strcmp(argv[1], "-c") == 0) {
        run_line(argv[2]);
        return last_status;
    }
    if (argc != 1) {
        fprintf(2, "usage: sh [-c LINE]\n");
        return BAD_USAGE;
    }
    for (;;) {
        printf("toyos$ ");
        gets(line, sizeof(line));
        if (!line[0])
            return last_status;
        run_line(line);
    }
}

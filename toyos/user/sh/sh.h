/*
 * sh: the shell.
 *
 *   list      ::= and-or ((';' | '&') and-or)* [';' | '&']
 *   and-or    ::= pipeline (('&&' | '||') pipeline)*
 *   pipeline  ::= command ('|' command)*
 *   command   ::= (word | redirect)+
 *   redirect  ::= ('<' | '>' | '>>' | '2>' | '2>>') word | '2>&1'
 *
 * Quotes '...' and "..." and \c work; $NAME, ${NAME}, $? and $$ outside '...', and what they stand
 * for stays one word. A word of nothing else that stands for nothing is no word. A word with * or ?
 * outside of quotes stands for the paths that it fits, or for itself if there are none. A command
 * of NAME=VALUE alone sets variables. # begins a comment.
 *
 * parse.c reads words and commands, glob.c finds paths, variable.c has the variables, run.c runs a
 * line as it is read, from left to right, jobs.c knows what runs in the background, builtin.c is
 * what the shell does itself; edit.c is typing at a terminal, with history.c and complete.c.
 */
#ifndef SH_H
#define SH_H

#include "user/files.h"

#define LINE_MAX     2048
#define REDIRECT_MAX 8
#define BAD_USAGE    2
#define CANNOT_RUN   126
#define NOT_FOUND    127

struct redirect {
    int fd;
    int flags;        /* for open */
    const char *path; /* 0: where descriptor 1 goes */
};

struct command {
    char *argv[EXECARGS + 1];
    int argc;
    int is_assignment; /* all words are NAME=VALUE */
    struct redirect redirects[REDIRECT_MAX];
    int redirect_count;
};

extern int last_status; /* $? */

int complain(const char *text); /* "sh: TEXT" on descriptor 2; -1 */
int complain_errno(const char *what);

/* parse.c: the line that is read, from its beginning; it has to stay. */
void parse_begin(const char *line);
const char *parse_place(void); /* what is left of it */
int parse_is_end(void);
int parse_take(const char *text);     /* take `text` if it comes next */
int parse_is_background(void);        /* whether the and-or that comes next ends with '&' */
int parse_command(struct command *c); /* 0, or -1 and a message */

/* glob.c. In a pattern, these two stand for * and ? outside of quotes. */
#define GLOB_TEXT '\1'
#define GLOB_CHAR '\2'
int glob_is_pattern(const char *word);
void glob_to_text(char *word); /* put * and ? back */
/* Call `found` for each path that fits, in no order, until it does not return 0; returns that. */
int glob_each(const char *pattern, int (*found)(const char *path));

/* variable.c. A name is at `text`: its length, 0 for none. */
int name_length(const char *text);
const char *variable_get(const char *name, int length); /* "" if it is not set */
int variable_set(const char *assignment);               /* NAME=VALUE; 0, or -1 and a message */
void variable_list(void);

/* run.c */
void run_line(const char *line); /* sets last_status */
extern int is_interactive;       /* this shell is the console's owner */

/* builtin.c */
int builtin_run(const struct command *c); /* 1 if this was it, with last_status */
const char *builtin_name(int n);          /* 0 behind the last */

/* jobs.c */
void jobs_add(int pid, const char *text, unsigned long length);
void jobs_ended(int pid, int status); /* wait() has returned this, whatever it was */
void jobs_check(int is_list);         /* say which have ended; with is_list, which have not */
int jobs_foreground(int number);      /* wait for a job, 0: the last; its status, or -1 */

/* history.c: the lines that were typed, by number from 0, the oldest first. */
void history_add(const char *line);
const char *history_get(int n); /* 0 behind the last */
int history_count(void);

/* edit.c: read a line in raw mode, which ends with it, with editing and history; -1 at the end of
 * the input. */
int edit_line(const char *prompt, char line[LINE_MAX]);

/* complete.c: the names that the word before `end` can become. What they have in common beyond it
 * is put into `more`; with a blank or / if there is one alone. Returns how many there are. */
int complete(const char *line, const char *end, char more[DIRSIZ + 2]);
void complete_list(const char *line, const char *end); /* print them */

#endif

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
 * for stays one word. A word of nothing else that stands for nothing is no word. A command of
 * NAME=VALUE alone sets variables. # begins a comment. `exit [N]` and `cd [DIR]` are built in.
 *
 * parse.c reads words and commands, variable.c has the variables, run.c runs a line as it is read,
 * from left to right, edit.c is typing at a terminal.
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
    char *argv[MAXARG + 1];
    int argc;
    int is_assignment; /* all words are NAME=VALUE */
    struct redirect redirects[REDIRECT_MAX];
    int redirect_count;
};

extern int last_status; /* $? */

int complain(const char *text); /* on descriptor 2; -1 */

/* The line that is read, from its beginning; it has to stay. */
void parse_begin(const char *line);
int parse_is_end(void);
int parse_take(const char *text);     /* take `text` if it comes next */
int parse_is_background(void);        /* whether the and-or that comes next ends with '&' */
int parse_command(struct command *c); /* 0, or -1 and a message */

/* A name is at `text`: its length, 0 for none. */
int name_length(const char *text);
const char *variable_get(const char *name, int length); /* "" if it is not set */
int variable_set(const char *assignment);               /* NAME=VALUE; 0, or -1 */

void run_line(const char *line); /* sets last_status */
extern int is_interactive;       /* this shell is the console's owner */

/* Read a line in raw mode, which ends with it, with editing and history; -1 at the end of the
 * input. */
int edit_line(const char *prompt, char line[LINE_MAX]);

#endif

/* What a person can tell a running VM, by gdb's `monitor` or from outside. */
#ifndef DUET_VMM_COMMAND_H
#define DUET_VMM_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

struct debugger;
struct vm;

/* Who says it. */
struct command_from {
    struct vm *vm;
    struct debugger *debugger; /* by gdb, which has all harts stopped; NULL: from outside */
    unsigned hart;             /* the one that it is about */
};

struct command {
    const char *name, *argument; /* the argument in words, with a blank before it, and in
                                   brackets if it can be left out; "": none */
    const char *what;
    /* False if it cannot be done; the answer says why. */
    bool (*serve)(const struct command_from *from, const char *argument, FILE *answer);
    enum { COMMAND_BOTH, COMMAND_BY_GDB, COMMAND_FROM_OUTSIDE } by;
};

/* All of them; the last one's name is NULL. Those of control.c's are from outside, and have no
 * function. */
extern const struct command commands[];

/* That of this name; NULL if there is none, or not in this way. */
const struct command *command_find(const char *name, bool by_gdb);

/* Serves a line of gdb's `monitor`: debugger_open() is given it. */
void command_monitor(struct debugger *debugger, unsigned hart, const char *line, FILE *answer);

#endif

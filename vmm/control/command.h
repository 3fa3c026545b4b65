/* What a person can tell a running VM, by gdb's `monitor` or from outside. */
#ifndef DUET_VMM_COMMAND_H
#define DUET_VMM_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

struct debugger;
struct vm;

/* Where a command comes from. */
struct command_from {
    struct vm *vm;
    struct debugger *debugger; /* gdb's, which has stopped all harts; NULL: from outside */
    unsigned hart;             /* the hart that the command is about */
};

struct command {
    const char *name, *argument; /* the argument in words, with a blank before it, and in
                                   brackets if it can be left out; "": none */
    const char *summary;
    /* False if it cannot be done; the answer says why. */
    bool (*serve)(const struct command_from *from, const char *argument, FILE *answer);
    enum { COMMAND_BOTH, COMMAND_BY_GDB, COMMAND_FROM_OUTSIDE } by;
};

/* All commands, and one behind them whose name is NULL. control.c serves some by itself; those have
 * no function. */
extern const struct command commands[];

/* The command of this name. NULL if there is none, or if it is not for gdb (`by_gdb`) or not for
 * the outside (otherwise). */
const struct command *command_find(const char *name, bool by_gdb);

/* Serves a line of gdb's `monitor`: the function for debugger_open(). */
void command_monitor(struct debugger *debugger, unsigned hart, const char *line, FILE *answer);

#endif

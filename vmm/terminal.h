/*
 * The terminal on stdin, if it is one: passes every key to the guest as it is typed. Output keeps
 * its newlines. The terminal gets its old settings back when the process ends, however it ends.
 */
#ifndef DUET_VMM_TERMINAL_H
#define DUET_VMM_TERMINAL_H

#include <stdbool.h>

/* Whether stdin is a terminal; if so it is made raw, the first time. */
bool terminal_raw(void);

/* Gives it back its settings; safe in a signal handler, and when it was never raw. */
void terminal_restore(void);

#endif

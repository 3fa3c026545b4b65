/*
 * The terminal on stdin, if it is one: passes every key to the guest as it is typed. Output keeps
 * its newlines. The terminal gets its old settings back when the process ends, however it ends.
 */
#ifndef DUET_VMM_TERMINAL_H
#define DUET_VMM_TERMINAL_H

#include <stdbool.h>

/* Makes it raw; `with_signals`: but for the keys that make signals, such as Ctrl-C. False if stdin
 * is no terminal. On one thread. */
bool terminal_raw(bool with_signals);

/* Sets it again as terminal_raw() has, if this process is in the foreground: a shell that stopped
 * the process (SIGCONT ends that) has set it for itself. */
void terminal_raw_again(void);

/* Whether stdin is a terminal, and this process in its foreground: who sets it from the background
 * is stopped. */
bool terminal_is_ours(void);

/* Gives it back its settings; safe in a signal handler, and when it was never raw. */
void terminal_restore(void);

#endif

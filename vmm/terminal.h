/*
 * The terminal on stdin, if it is one: passes every key to the guest as it is typed. Output keeps
 * its newlines. The terminal gets its old settings back when the process ends, however it ends.
 */
#ifndef DUET_VMM_TERMINAL_H
#define DUET_VMM_TERMINAL_H

#include <stdbool.h>

/* Makes the terminal raw. With `with_signals` the keys that make signals, such as Ctrl-C, still
 * make them. False if stdin is no terminal. For one thread only. */
bool terminal_raw(bool with_signals);

/* Makes the terminal raw as terminal_raw() did, if this process is in the foreground. Call it after
 * SIGCONT: the shell that stopped the process has set the terminal for itself. What is typed
 * between its `fg` and this call is echoed by the terminal, and once more by the guest: nobody can
 * take back the first, and to flush it would lose the line. */
void terminal_raw_again(void);

/* Whether stdin is a terminal and this process is in its foreground. The kernel stops a process
 * that sets its terminal from the background. */
bool terminal_is_ours(void);

/* Gives the terminal back its settings. It may be called in a signal handler, and when the terminal
 * was never raw. */
void terminal_restore(void);

#endif

/*
 * The console's output of a copy (state/copies.h): stdout is its original's and the other copies',
 * too. So it is written in whole lines, each at once and behind the copy's number, "[3] ".
 */
#ifndef DUET_VMM_CONSOLE_LINES_H
#define DUET_VMM_CONSOLE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/call/sbi.h"

struct vm;

/* Writes text, until the machine ends, unless `vm` is NULL. Returns what console_write() does. */
typedef struct sbi_ret console_put(const struct vm *vm, const void *text, uint64_t len);

/* This process is a copy from now on. */
void console_lines_begin(unsigned copy);
bool console_lines_are_on(void);

/* Takes text, and has `put` write the lines that are whole by that. What follows the last one waits
 * for the rest of its line, or until it is as long as a line may be. From any thread. */
struct sbi_ret console_lines_write(const struct vm *vm, const void *text, uint64_t len,
                                   console_put *put);

/* The machine has ended: has what waits written, as a line. */
void console_lines_end(console_put *put);

#endif

/* The end of the kernel, with a report. */
#ifndef TOYOS_PANIC_H
#define TOYOS_PANIC_H

#include <stddef.h>

#include "abi/hypercalls.h"

struct trap_frame;

_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a trap that the kernel cannot go on from. */
_Noreturn void panic_trap(const struct trap_frame *frame);

/* If another hart panics, stop here. */
void panic_check(void);

/* The report in words, for a platform that does not make its own: text, registers if there are
 * any, backtrace. */
void panic_print(void (*write)(const char *text, size_t len), const char *text, size_t len,
                 const struct duet_trap_regs *regs);

#endif

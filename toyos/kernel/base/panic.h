/* The end of the kernel, with a report. None of these takes a lock. */
#ifndef TOYOS_PANIC_H
#define TOYOS_PANIC_H

#include <stddef.h>

#include "abi/hypercalls.h"

struct trap_frame;

/* Stops the other harts and ends the machine with this text (printf; at most 255 bytes of it). */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a trap that the kernel cannot go on from. */
_Noreturn void panic_trap(const struct trap_frame *frame);

/* Stops this hart if another one panics. Whoever waits for another hart in a loop calls it in
 * there. */
void panic_check(void);

/* Writes the report in words, for a platform that does not make its own: the `len` bytes of `text`,
 * the registers if `regs` is not NULL, and a backtrace with names. */
void panic_print(_Bool (*write)(const char *text, size_t len), const char *text, size_t len,
                 const struct duet_trap_regs *regs);

#endif

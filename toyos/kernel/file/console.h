/* The console: a line discipline on the platform's bytes. */
#ifndef TOYOS_CONSOLE_H
#define TOYOS_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_CONSOLE 1 /* its major number */

struct file_ops;
extern const struct file_ops console_ops;

/* With echo what is typed is shown: for a person. A program that feeds the console wants none. */
void console_init(bool with_echo);

/* There is input, or its end. */
void console_interrupt(void);

/* Where no event tells of input, its owner looks for Ctrl-C while it waits for others: until when
 * it may sleep. TIMER_NEVER for all others. May kill processes; to be called without a lock. */
uint64_t console_poll(void);

/* A line of the kernel's for the user. */
void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

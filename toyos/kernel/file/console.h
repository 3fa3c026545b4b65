/* The console: a line discipline on the platform's bytes. */
#ifndef TOYOS_CONSOLE_H
#define TOYOS_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#define DEVICE_CONSOLE 1 /* its major number */

struct file;
struct file_ops;
extern const struct file_ops console_ops;

/* At boot. With echo the console shows what is typed, as a person wants it; a program that feeds
 * the console wants none. Ctrl-C calls `interrupt` with the pid of the console's owner, in an
 * interrupt or in a process that looks for input, without a lock. */
void console_init(bool with_echo, void (*interrupt)(int owner));

/* Opens the console as descriptors 0, 1 and 2 of a table that has nothing there. */
void console_open(struct file **table);

/* For a process that waits for others. Where no event reports input, the owner of the console has
 * to look for Ctrl-C meanwhile: this looks, and returns until when the process may sleep;
 * TIMER_NEVER for all other processes. May kill processes. Called without a lock. */
uint64_t console_poll(void);

/* Writes a text of the kernel's own (printf), for the user; after 255 bytes it is cut. */
void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* The console: a line discipline on the platform's bytes. */
#ifndef TOYOS_CONSOLE_H
#define TOYOS_CONSOLE_H

#include <stdbool.h>

#define DEVICE_CONSOLE 1 /* its major number */

struct file_ops;
extern const struct file_ops console_ops;

/* With echo what is typed is shown: for a person. A program that feeds the console wants none. */
void console_init(bool with_echo);

/* There is input, or its end. */
void console_interrupt(void);

/* A line of the kernel's for the user. */
void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

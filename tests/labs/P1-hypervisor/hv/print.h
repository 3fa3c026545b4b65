/* What the hypervisor itself says, and how the machine ends. */
#ifndef HV_PRINT_H
#define HV_PRINT_H

#include <stdint.h>

#define STATUS_DIED    126 /* the guest cannot go on */
#define STATUS_NOT_RUN 127 /* it could not be started, or the hypervisor has a bug */

/* A line on the console, after "hv: "; toyos/lib/format.h says which formats there are. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the machine, QEMU's process, with this exit status, 0 to 127. */
_Noreturn void machine_end(unsigned status);

/* Says why, and ends the machine with STATUS_NOT_RUN. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

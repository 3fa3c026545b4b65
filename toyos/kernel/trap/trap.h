/* Traps: what comes in from user mode, and interrupts. */
#ifndef TOYOS_TRAP_H
#define TOYOS_TRAP_H

#include <stdint.h>

struct trap_frame;

/* Handles one interrupt if one is pending on this hart. For a hart that waits in the kernel, with
 * interrupts off. */
void trap_poll_interrupts(void);

/* trap_entry.S calls these two. The first returns to user mode as the frame then says. */
void trap_from_user(struct trap_frame *frame);
_Noreturn void trap_from_kernel(struct trap_frame *frame);

/* trap_entry.S: lets one enabled interrupt through. Its scause, or 0 if none is pending. */
uint64_t interrupt_take(void);

#endif

/* A second terminal on the guest's console, at the other end of a connection (control/). It is
 * shown what the guest writes, and never holds the guest up: what it does not take in time is left
 * out. */
#ifndef DUET_VMM_CONSOLE_TAP_H
#define DUET_VMM_CONSOLE_TAP_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the guest's output goes to `fd`, too, which does not block. False if somebody is
 * attached already. From one thread, which also detaches. */
bool console_tap_attach(int fd);
void console_tap_detach(void);

/* The guest has written this. On any thread. */
void console_tap_write(const void *text, size_t len);

#endif

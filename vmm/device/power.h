/* The power button: asks the guest to power off by itself. */
#ifndef DUET_VMM_POWER_H
#define DUET_VMM_POWER_H

#include <stdbool.h>

struct vm;

/* Raises DUET_EVENT_SHUTDOWN. False if the guest has not selected that event, or was asked already:
 * end it then (vm_end). From any thread. */
bool power_button_press(struct vm *vm);

#endif

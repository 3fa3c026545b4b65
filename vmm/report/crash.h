/* The end of a guest that died: a report on stderr, and status 126. On the thread of the vCPU. */
#ifndef DUET_VMM_CRASH_H
#define DUET_VMM_CRASH_H

#include "vmm/guest/ending.h"

/* Reports the death, lets a debugger have a look, and ends the machine with STATUS_GUEST_DIED.
 * Nothing if the machine has ended or another death was reported. For ending_init(). */
death_report crash_report;

#endif

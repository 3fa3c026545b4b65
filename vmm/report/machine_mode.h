/* Instructions for M-mode, which a guest cannot make: a kernel that was written for it dies of one.
 */
#ifndef DUET_VMM_MACHINE_MODE_H
#define DUET_VMM_MACHINE_MODE_H

#include <stdint.h>

/* "mret", the name of the M-mode CSR that the instruction is for, or "a CSR" of M-mode without a
 * name here. NULL: it is none of these (Privileged 1.12 §2.1, §3.3.2). */
const char *machine_mode_name(uint32_t instruction);

#endif

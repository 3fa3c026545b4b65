/*
 * System calls. The table is in toyos/include/kernel/syscall.h; each line has its function
 * sys_<name>(), in the file that it is about or in one of the sys_*.c files. It gets the arguments
 * and returns the result, or -errno (include/kernel/errno.h) for an error: no other result is
 * negative.
 */
#ifndef TOYOS_KERNEL_SYSCALL_H
#define TOYOS_KERNEL_SYSCALL_H

#include <stdint.h>

#include "toyos/include/kernel/syscall.h"

struct trap_frame;

#define SYSCALL_DECLARE_(nr, name) int64_t sys_##name(const uint64_t arg[6]);
SYSCALLS(SYSCALL_DECLARE_)

/* Do the call that the frame asks for (from trap_entry.S). */
void syscall_run(struct trap_frame *frame);

#endif

/*
 * Floating point of processes, switched lazily: a process starts each turn with the unit off
 * (sstatus.FS), and its first such instruction traps and loads the registers. The kernel itself
 * uses none: the build checks that.
 */
#ifndef TOYOS_FPU_H
#define TOYOS_FPU_H

#include <stdbool.h>
#include <stdint.h>

struct proc;

/* fpu.S knows the layout. */
struct fpu_state {
    uint64_t f[32];
    uint64_t fcsr;
};

/* On an illegal instruction: turn the unit on. False: it was on, so the instruction is illegal. */
bool fpu_enter(struct proc *proc);

/* Before another process runs here, or the state is copied: save what changed, turn it off. */
void fpu_leave(struct proc *proc);

#endif

/*
 * Floating point of processes: loaded when a process gets a hart, saved when it leaves one if
 * sstatus.FS says that they changed. Not by a trap at the first use: under KVM an illegal
 * instruction costs two exits, and QEMU 10.0 loses its way in them. The kernel itself uses no
 * floating point: the build checks that.
 */
#ifndef TOYOS_FPU_H
#define TOYOS_FPU_H

#include <stdint.h>

struct proc;

/* fpu.S knows the layout. */
struct fpu_state {
    uint64_t f[32];
    uint64_t fcsr;
};

/* proc->fpu into the registers of this hart, on which `proc` is about to run. */
void fpu_enter(struct proc *proc);

/* Before another process runs here, or the state is copied: proc->fpu up to date. */
void fpu_leave(struct proc *proc);

#endif

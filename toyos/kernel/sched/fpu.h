/*
 * Floating point of threads: loaded when a thread gets a hart whose registers hold something else,
 * saved when it leaves one if sstatus.FS says that they changed. Not by a trap at the first use:
 * under KVM an illegal instruction costs two exits, and QEMU 10.0 loses its way in them. The kernel
 * itself uses no floating point: the build checks that.
 */
#ifndef TOYOS_FPU_H
#define TOYOS_FPU_H

#include <stdbool.h>
#include <stdint.h>

struct hart;
struct thread;

/* fpu.S knows the layout. */
struct fpu_state {
    uint64_t f[32];
    uint64_t fcsr;
};

struct fpu {
    struct fpu_state state;
    bool is_used;      /* false: the registers are zero, whatever `state` has */
    struct hart *hart; /* where the registers were last loaded or saved */
};

/* Loads the thread's registers into this hart, on which it is about to run. */
void fpu_enter(struct thread *thread);

/* Brings thread->fpu.state up to date. Before another thread runs here, or the state is copied. */
void fpu_leave(struct thread *thread);

/* Forgets the thread's registers: they are zero after the next fpu_enter. */
void fpu_drop(struct thread *thread);

#endif

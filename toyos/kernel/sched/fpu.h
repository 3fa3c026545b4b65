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

/* Its registers into this hart, on which it is about to run. */
void fpu_enter(struct thread *thread);

/* Before another thread runs here, or the state is copied: `state` up to date. */
void fpu_leave(struct thread *thread);

/* Forget its registers: from now on they are zero, once it is entered again. */
void fpu_drop(struct thread *thread);

#endif

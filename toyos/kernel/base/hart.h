/* Harts: what each has of its own, and how to start, find and interrupt them. */
#ifndef TOYOS_HART_H
#define TOYOS_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/include/kernel/param.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/riscv_ops.h"

struct thread;

/* The registers that a function call keeps. sched/switch.S knows the layout. */
struct context {
    uint64_t ra, sp, s[12];
};

/* The threads that wait for a hart, and those that sleep until a time. */
struct run_queue {
    struct lock lock; /* guards all of it */
    struct thread *first, *last;
    _Atomic unsigned count;  /* others read it without the lock, as a hint */
    struct thread *sleepers; /* whose deadline this hart watches, earliest first */
};

/* tp has the address of this. Only the hart itself uses a field, unless the field says otherwise.
 */
struct hart {
    _Alignas(64)             /* cache lines of its own */
        uint64_t stack_top;  /* of the stack that the scheduler runs on */
    uint64_t id;             /* SBI's; constant */
    struct thread *thread;   /* the one that runs here; NULL: none */
    struct thread *previous; /* the one before it, until its stack is not in use (sched.c) */
    struct context scheduler;
    struct run_queue queue;
    uint64_t timer_set;           /* when the timer will fire */
    uint64_t slice_end;           /* when the turn of the thread ends */
    const uint64_t *_Atomic root; /* in satp; NULL: the kernel's is. Any hart may read it */
    const struct fpu_state *fpu;  /* what is in the floating-point registers; NULL: not known */
    bool is_to_share;             /* there may be threads for idle harts: sched_leave */
    _Atomic int is_idle;          /* a truth value; whoever makes it 0 interrupts the hart */
    _Atomic bool is_running;      /* any hart may read it */
    _Atomic bool is_stopped;      /* by a panic; any hart may read it */
};

extern struct hart harts[NCPU];
extern unsigned hart_count;

/* The boot hart calls it before anything else. `id` is its own, as SBI numbers harts. */
void hart_set_boot(uint64_t id);

/* Raises the software interrupt of another hart (SBI 2.0 §7). */
void hart_interrupt(const struct hart *hart);

/* Has the other harts that use this page table forget the translations of its user's half (SBI 2.0
 * §8). A hart that begins to use the table meanwhile sees what was stored to it before the call. */
void hart_fence_others(const uint64_t *root);

#endif

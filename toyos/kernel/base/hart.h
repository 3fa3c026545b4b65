/* Harts: what each has of its own, and how to start, find and interrupt them. */
#ifndef TOYOS_HART_H
#define TOYOS_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/include/kernel/param.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/riscv_ops.h"

struct thread;

/* What a function call keeps: switch.S knows the layout. */
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

/* tp has its address. Only the hart itself uses it, but for what says otherwise. */
struct hart {
    _Alignas(64)             /* cache lines of its own */
        uint64_t stack_top;  /* of the stack that the scheduler runs on */
    uint64_t id;             /* SBI's; constant */
    struct thread *thread;   /* that runs here, or NULL */
    struct thread *previous; /* that ran before it, until it has left its stack (sched.c) */
    struct context scheduler;
    struct run_queue queue;
    uint64_t timer_set;           /* what the timer is set to */
    uint64_t slice_end;           /* of the thread that runs */
    const uint64_t *_Atomic root; /* in satp; NULL: only the kernel's. Any hart may read it */
    const struct fpu_state *fpu;  /* what is in the floating-point registers; NULL: not known */
    bool is_to_share;             /* there may be threads for idle harts: sched_leave */
    _Atomic int is_idle;          /* a truth value; who makes it 0 interrupts the hart */
    _Atomic bool is_running;      /* any hart may read it */
    _Atomic bool is_stopped;      /* by a panic; any hart may read it */
};

extern struct hart harts[NCPU];
extern unsigned hart_count;

/* The boot hart, first of all: its id is `id`. */
void hart_set_boot(uint64_t id);

/* Raise the software interrupt of another hart. */
void hart_interrupt(const struct hart *hart);

/* Have the other harts that use this page table forget what they know of its user's half (SBI 2.0
 * §8). What was stored to the table before counts for those that come to use it, too. */
void hart_fence_others(const uint64_t *root);

#endif

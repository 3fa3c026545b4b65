/* Harts: what each has of its own, and how to start, find and interrupt them. */
#ifndef TOYOS_HART_H
#define TOYOS_HART_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/devtree.h"

struct proc;

/* What a function call keeps: switch.S knows the layout. */
struct context {
    uint64_t ra, sp, s[12];
};

/* tp has its address. Only the hart itself uses it, but for what says otherwise. */
struct hart {
    uint64_t stack_top; /* of the stack that the scheduler runs on */
    uint64_t id;        /* SBI's; constant */
    struct proc *proc;  /* that runs here, or NULL */
    struct context scheduler;
    uint64_t timer_set;      /* what the timer is set to */
    struct proc *sleepers;   /* whose deadline this hart watches, earliest first; sched_lock */
    bool idle;               /* sched_lock */
    _Atomic bool is_running; /* any hart may read it */
    _Atomic bool is_stopped; /* by a panic; any hart may read it */
};

extern struct hart harts[HART_MAX];
extern unsigned hart_count;

static inline struct hart *
hart_this(void)
{
    struct hart *self;
    __asm__ volatile("mv %0, tp" : "=r"(self)); /* volatile: a process changes harts */
    return self;
}

/* The boot hart: say which one runs; then make the others known and start them. */
void hart_set_boot(uint64_t id);
void hart_start_others(const struct machine *machine);

/* Raise the software interrupt of another hart. */
void hart_interrupt(const struct hart *hart);

/* Where every hart ends its start: the scheduler. */
_Noreturn void hart_main(void);

/* entry.S */
_Noreturn void stack_call(uint64_t top, void (*function)(void));

#endif

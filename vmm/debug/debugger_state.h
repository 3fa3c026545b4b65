/*
 * What the files of the debugger share: its state, and what each file does for the others.
 *
 *     debugger.c          the main thread's side
 *     debugger_vcpu.c     the vCPU threads' side
 *     debugger_thread.c   the debugger's own thread
 *     debugger_run.c      stopping and going on; which EBREAKs are duet's
 *     debugger_step.c     steps
 *     debugger_hart.c     registers and memory of a hart
 *     debugger_target.c   the functions for a protocol
 *
 * Comments at the fields say which thread or lock owns them. `lock` is taken alone.
 */
#ifndef DUET_VMM_DEBUGGER_STATE_H
#define DUET_VMM_DEBUGGER_STATE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/debug/breakpoint.h"
#include "vmm/debug/debug_target.h"
#include "vmm/debug/debugger.h"
#include "vmm/debug/gdb_link.h"
#include "vmm/debug/gdb_stub.h"
#include "vmm/debug/step.h"
#include "vmm/options.h"

struct vm;

enum hart_event {
    HART_NOTHING,
    HART_EBREAK, /* it is on an EBREAK, ours or the guest's own */
    HART_DIED,   /* the guest died on it */
};

struct debugger_hart {
    sem_t go; /* posted when `hold` may have changed */

    /* Under the lock. */
    bool hold;   /* is to stay out of the guest */
    bool parked; /* is out of it, and waits */
    bool left;   /* has ended */
    enum hart_event event;
    enum stop_reason reason; /* of HART_DIED */

    /* The debugger's thread's. */
    struct target_action action;
    struct step step; /* where a step may end */
    bool masked;      /* its interrupts are off, while it steps; `sie` is what was */
    uint64_t sie;
    bool death_was_reported; /* to gdb */
};

struct debugger {
    pthread_t thread;
    debugger_monitor *monitor;
    bool has_thread;
    bool has_begun; /* a VM has run */

    pthread_mutex_t lock;
    pthread_cond_t changed; /* any of what follows, and what is under the lock in `hart` */
    struct vm *vm;          /* NULL between two, and at the end */
    bool vm_over;           /* the debugger has to let go of it */
    bool close;             /* the thread is to end */
    unsigned vm_ended;      /* how it ended: vm->ending.how */

    struct debugger_hart hart[CPUS_MAX];

    /* The debugger's thread's. */
    struct gdb_link link;
    struct gdb_stub stub;
    struct breakpoints points;
    bool stopped;          /* all harts are */
    uint64_t reported_gva; /* the last breakpoint of which gdb got a line that it has no effect */
    int solo;         /* the hart that alone runs, past an EBREAK that is not for it; -1: none */
    struct step past; /* where it may be after that */
};

/* debugger_thread.c: the thread's function, and for `monitor`: has the guest start again and stop
 * at its first instruction. */
void *debugger_thread(void *debugger);
void debugger_reset(struct debugger *debugger);

/* debugger_target.c */
extern const struct debug_target debugger_target;

/* All that follows is for the debugger's thread, while the harts in question are out of the guest.
 */

/* debugger_hart.c: a register by gdb_regs.h's number, 0 if KVM does not have it. */
uint64_t hart_reg(struct debugger *debugger, unsigned hart, unsigned number);
uint64_t hart_pc(struct debugger *debugger, unsigned hart);

/* The RAM that `gva` leads to on this hart. While its paging is off, the addresses that the guest's
 * ELF file is linked for stand for those where it is loaded: they are what a person types before
 * the guest has turned paging on. */
bool hart_translate(struct debugger *debugger, unsigned hart, uint64_t gva, uint64_t *gpa);

/* Copies from and to guest virtual memory: struct debug_target has the contract. */
bool hart_read(struct debugger *debugger, unsigned hart, uint64_t gva, void *to, size_t len);
bool hart_write(struct debugger *debugger, unsigned hart, uint64_t gva, const void *from,
                size_t len);

/* debugger_step.c: where the hart may be when it has done this step, or left its range. */
struct step hart_step(struct debugger *debugger, unsigned hart, const struct target_action *action);
bool step_has(const struct step *step, uint64_t pc);

/* Plants breakpoints where a step may end, and turns the hart's interrupts off: with a person's
 * pace there would be one before each instruction. */
void step_plant(struct debugger *debugger, unsigned number, const struct step *step);

/* Whether the step of a hart that has stopped goes on: it is in its range, and not on a breakpoint.
 */
bool step_goes_on(struct debugger *debugger, unsigned hart);

/* debugger_run.c: lets the harts go on as each one's `action` says. */
void harts_go(struct debugger *debugger);

/* Gets all harts out of the guest, and our breakpoints out of its memory. False if the VM ends. A
 * hart that is on an EBREAK comes to it again when it goes on. */
bool harts_stop(struct debugger *debugger);

/* Serves the events that the vCPUs' threads have left. */
void harts_serve(struct debugger *debugger);

/* struct debug_target has the contracts. */
void harts_resume(struct debugger *debugger, const struct target_action action[CPUS_MAX]);
void harts_detach(struct debugger *debugger);

#endif

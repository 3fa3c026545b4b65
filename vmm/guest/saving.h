/*
 * Requests to save the machine, or to copy it (state/save.h). They come from any thread: a
 * signal's, the console's, a vCPU's, the debugger's. The owner serves them.
 */
#ifndef DUET_VMM_SAVING_H
#define DUET_VMM_SAVING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "vmm/options.h"

struct vm;
struct vcpu;

struct saving {
    bool possible;          /* --save names a file; set before any other thread runs */
    atomic_bool asked;      /* to save it */
    atomic_bool copy_asked; /* to copy it */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t done;
    bool caller[CPUS_MAX];     /* this hart asked for it, and is to be told how it went */
    unsigned copies[CPUS_MAX]; /* this hart asked for so many, and is to be told; 0: for none */
    unsigned long begun;       /* saves, counted: those that have begun, */
    unsigned long count;       /* and those that are over */
    bool failed;               /* the last one did */
    bool by_debugger;          /* its thread asks, and has the harts stopped */
    int notify_fd;             /* an eventfd, written when one is over; -1: none */
};

enum saving_state { SAVING_GOES_ON, SAVING_DONE, SAVING_FAILED };

/* Nobody has asked. Before any vCPU runs. */
void saving_init(struct saving *saving, bool possible);

/* Asks the owner to save the machine. False if there is no file to save it in. */
bool saving_ask(struct vm *vm);

/* The same for the hart itself, on its thread, in a call that it serves: the hart waits behind the
 * call until it is told. */
bool saving_ask_by_hart(struct vcpu *vcpu);

/* The same for copies, 1 at least. */
void saving_fork_by_hart(struct vcpu *vcpu, unsigned copies);

/* The same for the debugger's thread, which has the harts stopped: waits until it was done. 0, or
 * -1 if it failed, or the machine has ended. */
int saving_ask_by_debugger(struct vm *vm);

/* The same for the thread of the control socket, which does not wait: when the eventfd `notify_fd`
 * is written to, it may look at the save with this number. False if there is no file to save it in.
 */
bool saving_ask_from_outside(struct vm *vm, int notify_fd, unsigned long *number);
enum saving_state saving_look(struct vm *vm, unsigned long number);

/* On the owner: whether there is a request. */
bool saving_is_asked(struct vm *vm);

/* On the owner, when all harts are out: takes the requests that came up to now. Whether any of them
 * is to save the machine: this save serves them all. */
bool saving_begin(struct vm *vm);

/* On the owner, when all harts are out: how many copies the hart has asked for, which is taken by
 * that. */
unsigned saving_copies_take(struct vm *vm, unsigned hart);

/* On the owner: that save is over. */
void saving_tell(struct vm *vm, bool failed);

/* On the owner: the machine has ended, so that no more requests are served. */
void saving_end(struct vm *vm);

#endif

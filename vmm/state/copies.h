/*
 * Copies of a machine that runs, which its guest asks for (the hypercall `fork`).
 *
 * A copy is a duet of its own: a process with its own sandbox, machine, and exit status, that
 * restores the machine from a file in memory as --restore does from one on disk. RAM is mapped from
 * that file copy-on-write, by the original too, so pages that nobody writes to are there once.
 *
 * duet itself can start no process by the time that the guest runs. So another does, the copier,
 * which is there from before. It cannot open any path either. It waits for the copies, and says how
 * each ended. It ends when duet does, and the copies end with it.
 */
#ifndef DUET_VMM_COPIES_H
#define DUET_VMM_COPIES_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "vmm/guest/guest_mem.h"
#include "vmm/state/snapshot.h"

struct options;
struct trace;

/* What copies need, before the sandbox closes. 0, or -1 after saying why. */
int copies_open(const struct options *options);

/* Starts the copier, when the process is in its sandbox and has no further thread. It returns once
 * in duet, and then once in each copy, where `snapshot` is opened anew, with the machine to go on
 * with, and snapshot->copy is not 0. `trace`, if not NULL, is dropped there. The signals in
 * `signals` are blocked in a copy, until it takes them. 0, or -1 after saying why. */
int copies_begin(const struct options *options, struct snapshot *snapshot, struct trace *trace,
                 const sigset_t *signals);

/* On the owner, the machine being paused: makes so many copies, in which `hart` gets the copy's
 * number. `head` is the machine's state (snapshot.h). Either all are made or none. 0, or an SBI
 * error: SBI_ERR_DENIED if so many are not left, SBI_ERR_FAILED after saying why. */
long copies_make(unsigned count, unsigned hart, struct guest_mem *mem, const void *head,
                 size_t len);

/* Whether copies were made. */
bool copies_are_made(void);

/* Sends the copies a signal that asks for their end. */
void copies_signal(int signo);

/* On the owner, whose machine has been taken apart: the file that its RAM was mapped from is not
 * needed any more. */
void copies_file_close(void);

/* On the owner, whose machine has ended: waits until all copies have, too. It takes `signals`,
 * which are blocked, and among them those that ask for an end: the first of all, also of those that
 * came before, is sent to the copies, and the second put into *ended_by, if the wait has no other
 * end. Returns the status of the first copy that ended with another than 0, or 0. */
int copies_wait(const sigset_t *signals, const sigset_t *end_signals, int *ended_by);

/* Ends the copier and all copies that there still are. */
void copies_close(void);

#endif

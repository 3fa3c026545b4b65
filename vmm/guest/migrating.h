/*
 * Requests to have the machine go on in another duet (state/migrate.h). They come from the control
 * socket's thread, with a connection to that duet. The owner serves them.
 */
#ifndef DUET_VMM_MIGRATING_H
#define DUET_VMM_MIGRATING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct vm;

enum migrating_state { MIGRATING_NO, MIGRATING_GOES_ON, MIGRATING_DONE, MIGRATING_FAILED };

/* How far it is: pages of this round. */
struct migrating_progress {
    unsigned round; /* 0: it has not begun */
    uint64_t pages, sent;
};

struct migrating {
    atomic_bool asked;
    atomic_bool cancelled; /* who asked has gone */

    pthread_mutex_t lock; /* guards what follows */
    int fd;               /* the connection, until the owner takes it; -1: none */
    int notify_fd;        /* an eventfd, written when something of this changes */
    enum migrating_state state;
    struct migrating_progress progress;
};

/* There is no request. */
void migrating_init(struct migrating *migrating);

/* Closes a connection that nobody has taken. */
void migrating_destroy(struct migrating *migrating);

/* On the control socket's thread: asks the owner to send the machine to `fd`, which becomes its.
 * When `notify_fd` is written to there is something new to look at. NULL, or why not, and `fd`
 * stays the caller's. */
const char *migrating_ask(struct vm *vm, int fd, int notify_fd);
enum migrating_state migrating_look(struct vm *vm, struct migrating_progress *progress);
void migrating_cancel(struct vm *vm);

/* On the owner: the connection that it is asked to use, which is its from now on; -1: none. */
int migrating_take(struct vm *vm);

/* On the owner: how far it is, and how it went. */
void migrating_progress_tell(struct vm *vm, struct migrating_progress progress);
void migrating_end_tell(struct vm *vm, bool failed);

#endif

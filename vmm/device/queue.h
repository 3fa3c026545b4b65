/*
 * The VMM's side of a queue (abi/queue.h), for a device of any kind. KVM itself takes the doorbell
 * (ioeventfd), so that a request takes no exit to duet.
 *
 * Two sides call it. The guest's calls start the queue, on a vCPU's thread: queue_start(). One
 * thread of the device serves it, in rounds:
 *
 *     queue_take_on                           a queue that was started meanwhile
 *     queue_count, queue_take ...             serve each request
 *     queue_complete ..., queue_publish       hand over what is done
 *     if (queue_sleep(queue))                 wait for the doorbell, or for a request to be done
 *
 * The guest writes to the memory of a queue as it likes, while we read it. What we rely on is here:
 * the rings' ends, and the copy of a request that queue_take makes.
 */
#ifndef DUET_VMM_QUEUE_H
#define DUET_VMM_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/ring.h"
#include "vmm/call/sbi.h"

struct events;
struct guest_mem;
struct state_reader;
struct state_writer;

struct queue_config {
    const char *name; /* of the device, for messages: "disk 0" */
    struct events *events;
    uint64_t event;    /* DUET_EVENT_*: completions wait for the guest */
    int doorbell_fd;   /* an eventfd on which the device's thread sleeps; queues may share it */
    uint32_t size_max; /* the largest queue that may be started, in requests */
    uint32_t request_bytes, completion_bytes; /* of an entry: multiples of 8 */
};

struct queue {
    struct queue_config config; /* set before the thread runs */

    /* The thread's. */
    struct ring_end requests;
    uint32_t in_flight;     /* requests that were taken and are not completed */
    bool stopped;           /* no queue is started, or its tail made no sense */
    bool tail_was_reported; /* that its tail made no sense */

    pthread_mutex_t lock;        /* guards what follows; taken before the events' */
    struct ring_end completions; /* but for its index, and the slots: the thread's */
    bool started;
    atomic_bool wants_start; /* a vCPU waits for the thread to take on the queue `next`. The thread
                                reads it without the lock, too: a wake-up follows the store */
    struct {
        struct duet_queue *memory; /* NULL: none */
        uint32_t size;
    } next;
    pthread_cond_t taken_on;
};

/* A queue that is not started. Before the thread runs. */
void queue_init(struct queue *queue, const struct queue_config *config);
void queue_destroy(struct queue *queue);

/* Has KVM write to the eventfd when the guest stores to doorbell `number` (abi/memory.h). 0, or -1
 * after saying why. */
int queue_doorbell_create(int vm_fd, unsigned number, int doorbell_fd);

/* Wakes the thread that sleeps on this eventfd. From any thread. */
void queue_thread_wake(int doorbell_fd);

/* Serves the guest's call that gives the device a queue of `size` requests, in `len` bytes of the
 * guest's RAM at `memory`; both 0 take its queue away. Returns when the thread has taken that on
 * and all earlier requests are completed: the previous queue's memory is not written to any more.
 * SBI_ERR_INVALID_PARAM for a size or a length that cannot be, SBI_ERR_INVALID_ADDRESS for memory
 * that is not aligned to DUET_QUEUE_ALIGN. From any thread but the device's. */
struct sbi_ret queue_start(struct queue *queue, uint64_t size, const void *memory, uint64_t len);

/* Sets the level of the queue's event as its cause is now: the device's `look`. From any thread. */
void queue_look(struct queue *queue);

/* Has all of the memory of a queue noted as written (guest_mem_written()): `requests` is its end,
 * or was. On the device's thread, or while that is paused. */
void queue_memory_mark(const struct ring_end *requests, const struct queue_config *config,
                       const struct guest_mem *mem);

/* Its state in a snapshot, of a queue whose thread is paused: nothing is in flight. The reader's
 * has to be of a queue that can be in this RAM; it fails otherwise. */
void queue_save(const struct queue *queue, const struct guest_mem *mem, struct state_writer *to);
void queue_load(struct queue *queue, const struct guest_mem *mem, struct state_reader *from);

/* --- The device's thread ---------------------------------------------------------------------- */

/* These three do what the inline functions below leave to them. */
void queue_start_serve(struct queue *queue);
void queue_tail_report(struct queue *queue, uint32_t count);
void queue_completions_publish(struct queue *queue);

/* Takes on the queue that a vCPU waits for, once the requests of the one before are completed. */
static inline void
queue_take_on(struct queue *queue)
{
    if (atomic_load_explicit(&queue->wants_start, memory_order_relaxed) && queue->in_flight == 0)
        queue_start_serve(queue);
}

/* How many requests can be taken now: what the guest has put, up to what may be in flight. A tail
 * further ahead than the queue is long stops the queue; that is said once. */
static inline uint32_t
queue_count(struct queue *queue)
{
    uint32_t count = queue->stopped ? 0 : ring_count(&queue->requests);
    uint32_t room = queue->requests.size - queue->in_flight;

    if (count > queue->requests.size) {
        queue->stopped = true;
        queue_tail_report(queue, count);
        return 0;
    }
    return count < room ? count : room;
}

/* Copies the oldest request to `request`: it is in flight now, and not checked. One of those that
 * queue_count counted. */
static inline void
queue_take(struct queue *queue, void *request)
{
    ring_take(&queue->requests, request);
    queue->in_flight++;
}

/* Puts the completion of a request that was taken. The guest has it after queue_publish. */
static inline void
queue_complete(struct queue *queue, const void *completion)
{
    ring_put(&queue->completions, completion);
    queue->in_flight--;
}

/* Hands the completions to the guest, and sets the event if it asked to be woken for them. */
static inline void
queue_publish(struct queue *queue)
{
    if (queue->completions.index != queue->completions.published)
        queue_completions_publish(queue); /* no other thread changes these two */
}

/* Asks the guest to ring the doorbell for its next request. Whether the thread may sleep until
 * then: false if there is a request already. */
static inline bool
queue_sleep(struct queue *queue)
{
    /* Where as many are in flight as may be, completing one wakes the thread. */
    bool full = queue->in_flight == queue->requests.size;

    return queue->stopped || full || ring_sleep(&queue->requests, 1);
}

#endif

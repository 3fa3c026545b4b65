/* The VMM's side of a queue: the guest starts it, and a thread of the device serves it. */
#include "vmm/device/queue.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi/memory.h"
#include "vmm/device/event.h"
#include "vmm/guest/guest_mem.h"
#include "vmm/log.h"
#include "vmm/state/state_data.h"

void
queue_init(struct queue *queue, const struct queue_config *config)
{
    *queue = (struct queue){.config = *config, .stopped = true};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->taken_on, NULL);
}

void
queue_destroy(struct queue *queue)
{
    pthread_cond_destroy(&queue->taken_on);
    pthread_mutex_destroy(&queue->lock);
}

int
queue_doorbell_create(int vm_fd, unsigned number, int doorbell_fd)
{
    struct kvm_ioeventfd ioeventfd = {
        .addr = DUET_DOORBELL(number),
        .len = DUET_DOORBELL_SIZE,
        .fd = doorbell_fd,
    };

    return ioctl(vm_fd, KVM_IOEVENTFD, &ioeventfd) ? fail_errno("KVM_IOEVENTFD") : 0;
}

void
queue_thread_wake(int doorbell_fd)
{
    uint64_t one = 1;

    if (write(doorbell_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

/* Sets the event's level. It is pending while there are completions beyond the one that the guest
 * asked to be woken for. The caller holds the lock. */
static void
event_update(struct queue *queue)
{
    event_set(queue->config.events, queue->config.event,
              queue->started && ring_is_beyond_wake(&queue->completions));
}

void
queue_look(struct queue *queue)
{
    /* The lock is held from the look at the ring until the level is set. Otherwise a completion in
     * between would be forgotten. */
    pthread_mutex_lock(&queue->lock);
    event_update(queue);
    pthread_mutex_unlock(&queue->lock);
}

/* Bytes of a queue of `size` requests, the struct and both rings. */
static uint64_t
queue_bytes(const struct queue_config *config, uint64_t size)
{
    return sizeof(struct duet_queue) +
           size * ((uint64_t)config->request_bytes + config->completion_bytes);
}

struct sbi_ret
queue_start(struct queue *queue, uint64_t size, const void *memory, uint64_t len)
{
    const struct queue_config *config = &queue->config;
    uint64_t bytes = queue_bytes(config, size);

    if (size > config->size_max || size & (size - 1) || len != (size ? bytes : 0))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (size && (uintptr_t)memory % DUET_QUEUE_ALIGN) /* aligned as far as the guest's address is */
        return sbi_error(SBI_ERR_INVALID_ADDRESS);
    pthread_mutex_lock(&queue->lock);
    while (queue->wants_start) /* called by another hart at the same time */
        pthread_cond_wait(&queue->taken_on, &queue->lock);
    queue->next.memory = size ? (void *)(uintptr_t)memory : NULL;
    queue->next.size = (uint32_t)size;
    queue->wants_start = true;
    queue_thread_wake(config->doorbell_fd);
    while (queue->wants_start)
        pthread_cond_wait(&queue->taken_on, &queue->lock);
    pthread_mutex_unlock(&queue->lock);
    return sbi_value(0);
}

/* Takes on a queue in this memory, whose rings start empty. */
static void
rings_init(struct queue *queue, struct duet_queue *memory, uint32_t size)
{
    const struct queue_config *config = &queue->config;
    char *requests = (char *)(memory + 1);

    ring_end_init(&queue->requests, &memory->requests, requests, size, config->request_bytes);
    ring_end_init(&queue->completions, &memory->completions,
                  requests + (size_t)size * config->request_bytes, size, config->completion_bytes);
}

void
queue_start_serve(struct queue *queue)
{
    struct duet_queue *memory;

    pthread_mutex_lock(&queue->lock);
    /* What was published before this is handed over here, for when the vCPU resumes, the guest may
     * use that memory for something else. */
    if (queue->completions.index != queue->completions.published)
        ring_publish(&queue->completions);
    memory = queue->next.memory;
    queue->started = memory;
    queue->stopped = !memory;
    if (memory)
        rings_init(queue, memory, queue->next.size);
    event_update(queue);
    queue->wants_start = false;
    pthread_cond_broadcast(&queue->taken_on);
    pthread_mutex_unlock(&queue->lock);
}

void
queue_tail_report(struct queue *queue, uint32_t count)
{
    if (queue->tail_was_reported)
        return;
    queue->tail_was_reported = true;
    fail("%s: the guest's queue of %" PRIu32 " has a tail %" PRIu32
         " entries ahead: no more of it is served",
         queue->config.name, queue->requests.size, count);
}

void
queue_completions_publish(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    if (ring_publish(&queue->completions))
        event_update(queue);
    pthread_mutex_unlock(&queue->lock);
}

void
queue_memory_mark(const struct ring_end *requests, const struct queue_config *config,
                  const struct guest_mem *mem)
{
    if (requests->size)
        guest_mem_written(mem, requests->ring, queue_bytes(config, requests->size));
}

void
queue_save(const struct queue *queue, const struct guest_mem *mem, struct state_writer *to)
{
    bool started = queue->started;

    queue_memory_mark(&queue->requests, &queue->config, mem);
    state_put(to, started ? queue->requests.size : 0);
    state_put(to, started ? (uint64_t)((unsigned char *)queue->requests.ring - mem->hva) : 0);
    state_put(to, queue->requests.index);
    state_put(to, queue->completions.index);
    state_put(to, queue->stopped);
}

void
queue_load(struct queue *queue, const struct guest_mem *mem, struct state_reader *from)
{
    uint64_t size = state_get_max(from, queue->config.size_max);
    uint64_t offset = state_get_max(from, mem->size);
    uint64_t taken = state_get_max(from, UINT32_MAX), put = state_get_max(from, UINT32_MAX);
    bool stopped = state_get_max(from, 1);
    void *memory = guest_mem_slice(mem, mem->base + offset, queue_bytes(&queue->config, size));

    if (size & (size - 1) || !memory || offset % DUET_QUEUE_ALIGN)
        from->failed = true;
    if (from->failed || size == 0)
        return;
    pthread_mutex_lock(&queue->lock);
    rings_init(queue, memory, (uint32_t)size);
    queue->requests.index = (uint32_t)taken;
    queue->completions.index = queue->completions.published = (uint32_t)put;
    queue->started = true;
    queue->stopped = stopped;
    event_update(queue);
    pthread_mutex_unlock(&queue->lock);
}

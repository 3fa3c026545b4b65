/* The driver's side of one of duet's queues. */
#include "toyos/kernel/dev/queue_duet.h"

#include "abi/memory.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/mm/pagetable.h"

void *
queue_duet_create(struct queue_duet *queue, unsigned doorbell, uint32_t size,
                  uint32_t request_bytes, uint32_t completion_bytes)
{
    struct duet_queue *memory = page_alloc();
    char *requests;

    if (!memory)
        return NULL;
    requests = (char *)(memory + 1);
    queue->doorbell = doorbell;
    ring_end_init(&queue->requests, &memory->requests, requests, size, request_bytes);
    ring_end_init(&queue->completions, &memory->completions,
                  requests + (uint64_t)size * request_bytes, size, completion_bytes);
    return memory;
}

void
queue_duet_publish(struct queue_duet *queue)
{
    if (queue->requests.index != queue->requests.published && ring_publish(&queue->requests)) {
        volatile uint32_t *doorbell = pa_to_kva(DUET_DOORBELL(queue->doorbell));

        __asm__ volatile("fence w, o" ::
                             /* The queue must be published before the doorbell. */
                         : "memory");
        *doorbell = 0;
    }
}

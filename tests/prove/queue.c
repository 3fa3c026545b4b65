/*
 * The VMM's side of a queue in the guest's RAM: how much of it is served, whatever the guest writes
 * to it, and where in its memory the two rings are. Queues of up to 8 requests: the size is only a
 * mask and a factor.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>

#include "abi/disk.h"
#include "vmm/device/event.h"
#include "vmm/device/queue.h"

/* with: vmm/device/queue.c common/ring.c vmm/state/state_data.c vmm/guest/guest_mem.c
 * tests/prove/log.c */

static bool level;

void
event_set(struct events *events, uint64_t event, bool is_pending)
{
    (void)events, (void)event;
    level = is_pending;
}

PROVE(queue_count, 1, QUICK)
{
    static struct duet_queue memory;
    static struct queue queue;
    uint32_t size = 1u << prove_below("log2 of size", 4), ahead = prove_u32("requests put");
    uint32_t in_flight = (uint32_t)prove_below("in flight", size + 1), count;
    bool was_stopped = prove_bool("stopped");

    queue.requests = (struct ring_end){.ring = &memory.requests, .size = size};
    queue.requests.index = prove_u32("index");
    queue.in_flight = in_flight;
    queue.stopped = was_stopped;
    atomic_store(&memory.requests.tail, queue.requests.index + ahead);
    count = queue_count(&queue);
    prove_check(count <= size - in_flight, "never more in flight than the queue is long");
    prove_check(count <= ahead, "never more than was put");
    prove_check(queue.stopped == (was_stopped || ahead > size),
                "a tail that makes no sense stops it");
    prove_check(!queue.stopped || count == 0, "nothing of a queue that is stopped");
    prove_check(queue.stopped || count == ahead || count == size - in_flight,
                "all that there is room for");
}

static void
check_rings(uint32_t size)
{
    static struct queue queue;
    struct duet_disk_request request = {0};
    struct duet_disk_completion completion = {.tag = UINT64_MAX, .status = 1};
    size_t bytes = DUET_QUEUE_BYTES(size, struct duet_disk_request, struct duet_disk_completion);
    unsigned char *memory = malloc(bytes);

    prove_assume(memory);
    queue_init(&queue, &(struct queue_config){.request_bytes = sizeof(request),
                                              .completion_bytes = sizeof(completion)});
    queue.next.memory = (struct duet_queue *)memory;
    queue.next.size = size;
    queue.wants_start = true;
    queue_start_serve(&queue);
    prove_check(!queue.stopped && queue.started && !queue.wants_start, "it is started");
    prove_check(queue.requests.index == 0 && queue.completions.index == 0, "both rings are empty");
    prove_check((unsigned char *)queue.requests.slots == memory + sizeof(struct duet_queue) &&
                    queue.requests.size == size,
                "the requests are behind the struct");
    prove_check((unsigned char *)queue.completions.slots ==
                        (unsigned char *)queue.requests.slots + size * sizeof(request) &&
                    queue.completions.size == size,
                "the completions are behind the requests");
    queue.requests.index = prove_u32("taken");
    queue.completions.index = prove_u32("put");
    ring_take(&queue.requests, &request);
    ring_put(&queue.completions, &completion); /* neither is outside of the memory */
    free(memory);
}

PROVE(queue_rings, 9, FULL)
{
    unsigned log = (unsigned)prove_below("log2 of size", 4);

    for (unsigned i = 0; i < 4; i++) /* CBMC knows the size then */
        if (i == log)
            check_rings(1u << i);
}

PROVE(queue_start, 1, QUICK)
{
    static struct queue queue;
    static unsigned char memory[64];
    uint64_t size = prove_u64("size"), len = prove_u64("len");
    struct sbi_ret ret;

    queue_init(&queue,
               &(struct queue_config){.size_max = DUET_DISK_QUEUE_MAX,
                                      .request_bytes = sizeof(struct duet_disk_request),
                                      .completion_bytes = sizeof(struct duet_disk_completion)});
    /* Those that would be served wait for the thread. */
    prove_assume(!(size <= DUET_DISK_QUEUE_MAX && (size & (size - 1)) == 0 &&
                   len == (size ? sizeof(struct duet_queue) + size * 48 : 0)));
    ret = queue_start(&queue, size, memory, len);
    prove_check(ret.error == SBI_ERR_INVALID_PARAM, "a size or a length that cannot be is refused");
    prove_check(!queue.wants_start, "and the thread hears nothing of it");
}

/* A split virtqueue. All numbers in it are little-endian, as the guest and we are. */
#include "vmm/board/virtqueue.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "vmm/guest/guest_mem.h"
#include "vmm/state/state_data.h"

/* §2.7.5 */
struct virtqueue_descriptor {
    uint64_t address;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};
#define DESCRIPTOR_NEXT     1
#define DESCRIPTOR_WRITE    2
#define DESCRIPTOR_INDIRECT 4

/* Of both rings: the flags are at 0, the index at 1, entries from 2 on (§2.7.6, §2.7.8). */
#define RING_FLAGS 0
#define RING_INDEX 1
#define RING_ENTRY 2

#define NO_INTERRUPT 1 /* flags of the available ring */
#define NO_NOTIFY    1 /* flags of the used ring */

/* An entry of the used ring: the head and the length, 32 bits each. */
#define USED_WORDS 4

#define AVAILABLE_BYTES(size) (2ULL * (3 + (size)))
#define USED_BYTES(size)      (2ULL * (3 + USED_WORDS * (size)))

bool
virtqueue_place_is_valid(const struct guest_mem *mem, const struct virtqueue_place *place,
                         uint32_t size_max)
{
    uint32_t size = place->size;

    return size > 0 && size <= size_max && (size & (size - 1)) == 0 &&
           place->descriptors % 16 == 0 && place->available % 2 == 0 && place->used % 4 == 0 &&
           guest_mem_slice(mem, place->descriptors, size * sizeof(struct virtqueue_descriptor)) &&
           guest_mem_slice(mem, place->available, AVAILABLE_BYTES(size)) &&
           guest_mem_slice(mem, place->used, USED_BYTES(size));
}

void
virtqueue_init(struct virtqueue *queue, const struct guest_mem *mem,
               const struct virtqueue_place *place, uint64_t features)
{
    uint64_t size = place->size;

    *queue = (struct virtqueue){.mem = mem, .size = place->size};
    if (!size)
        return;
    queue->has_indirect = features & VIRTQUEUE_F_INDIRECT;
    queue->has_event_idx = features & VIRTQUEUE_F_EVENT_IDX;
    queue->descriptor =
        guest_mem_slice(mem, place->descriptors, size * sizeof(struct virtqueue_descriptor));
    queue->available = guest_mem_slice(mem, place->available, AVAILABLE_BYTES(size));
    queue->used = guest_mem_slice(mem, place->used, USED_BYTES(size));
}

void
virtqueue_mark(const struct virtqueue *queue)
{
    if (queue->size)
        guest_mem_written(queue->mem, (const void *)(uintptr_t)queue->used,
                          USED_BYTES(queue->size));
}

void
virtqueue_save(const struct virtqueue *queue, struct state_writer *to)
{
    virtqueue_mark(queue);
    state_put(to, queue->has_indirect);
    state_put(to, queue->has_event_idx);
    state_put(to, queue->is_broken);
    state_put(to, queue->taken);
    state_put(to, queue->put);
}

void
virtqueue_load(struct virtqueue *queue, const struct guest_mem *mem,
               const struct virtqueue_place *place, struct state_reader *from)
{
    uint64_t has_indirect = state_get_max(from, 1), has_event_idx = state_get_max(from, 1);

    virtqueue_init(queue, mem, place,
                   (has_indirect ? VIRTQUEUE_F_INDIRECT : 0) |
                       (has_event_idx ? VIRTQUEUE_F_EVENT_IDX : 0));
    queue->is_broken = state_get_max(from, 1);
    queue->taken = (uint16_t)state_get_max(from, UINT16_MAX);
    queue->put = queue->published = (uint16_t)state_get_max(from, UINT16_MAX);
}

uint32_t
virtqueue_count(struct virtqueue *queue)
{
    uint16_t count;

    if (!queue->size || queue->is_broken)
        return 0;
    count = (uint16_t)(queue->available[RING_INDEX] - queue->taken);
    atomic_thread_fence(memory_order_acquire); /* the entries were written before the index */
    if (count > queue->size) {
        queue->is_broken = true;
        return 0;
    }
    return count;
}

/* Adds the descriptor's buffer to the chain. False if it may not be there. */
static bool
part_add(const struct virtqueue *queue, struct virtqueue_chain *chain,
         const struct virtqueue_descriptor *descriptor)
{
    bool is_writable = descriptor->flags & DESCRIPTOR_WRITE;
    void *bytes = guest_mem_slice(queue->mem, descriptor->address, descriptor->len);

    if (!bytes || chain->count == VIRTQUEUE_PARTS_MAX)
        return false;
    if (!is_writable && chain->readable < chain->count)
        return false; /* those to be read come first (§2.7.4.2) */
    chain->readable += !is_writable;
    if (descriptor->len)
        chain->part[chain->count++] = (struct iovec){bytes, descriptor->len};
    else
        chain->readable -= !is_writable;
    return true;
}

/* Goes along a chain in a table of `size` descriptors. With `may_be_indirect`, it may end in
 * another table; a table may not (§2.7.5.3.1). A loop is longer than the table. */
static bool
table_take(const struct virtqueue *queue, struct virtqueue_chain *chain,
           const volatile struct virtqueue_descriptor *table, uint32_t size, uint32_t at,
           bool may_be_indirect)
{
    for (uint32_t steps = 0; steps < size; steps++) {
        struct virtqueue_descriptor descriptor;

        if (at >= size)
            return false;
        descriptor.address = table[at].address;
        descriptor.len = table[at].len;
        descriptor.flags = table[at].flags;
        descriptor.next = table[at].next;
        if (descriptor.flags & DESCRIPTOR_INDIRECT) {
            uint32_t entries = descriptor.len / sizeof(descriptor);
            const void *next = guest_mem_slice(queue->mem, descriptor.address, descriptor.len);

            return may_be_indirect && !(descriptor.flags & DESCRIPTOR_NEXT) && next && entries &&
                   descriptor.len % sizeof(descriptor) == 0 && descriptor.address % 8 == 0 &&
                   entries <= UINT16_MAX && table_take(queue, chain, next, entries, 0, false);
        }
        if (!part_add(queue, chain, &descriptor))
            return false;
        if (!(descriptor.flags & DESCRIPTOR_NEXT))
            return true;
        at = descriptor.next;
    }
    return false;
}

bool
virtqueue_take(struct virtqueue *queue, struct virtqueue_chain *chain)
{
    uint16_t head = queue->available[RING_ENTRY + (queue->taken & (queue->size - 1))];

    chain->head = head;
    chain->readable = chain->count = 0;
    if (!table_take(queue, chain, queue->descriptor, queue->size, head, queue->has_indirect)) {
        queue->is_broken = true;
        return false;
    }
    queue->taken++;
    return true;
}

void
virtqueue_chain_written(const struct virtqueue *queue, const struct virtqueue_chain *chain,
                        uint64_t len)
{
    for (unsigned i = chain->readable; i < chain->count && len > 0; i++) {
        uint64_t piece = chain->part[i].iov_len < len ? chain->part[i].iov_len : len;

        guest_mem_written(queue->mem, chain->part[i].iov_base, piece);
        len -= piece;
    }
}

void
virtqueue_put(struct virtqueue *queue, uint16_t head, uint32_t len)
{
    volatile uint16_t *entry =
        &queue->used[RING_ENTRY + USED_WORDS * (queue->put & (queue->size - 1))];

    *(volatile uint32_t *)entry = head;
    *(volatile uint32_t *)(entry + 2) = len;
    queue->put++;
}

bool
virtqueue_publish(struct virtqueue *queue)
{
    uint16_t before = queue->published, event;

    if (!queue->size || queue->put == before)
        return false;
    atomic_thread_fence(memory_order_release);
    queue->used[RING_INDEX] = queue->published = queue->put;
    atomic_thread_fence(memory_order_seq_cst); /* the driver may be about to sleep */
    if (!queue->has_event_idx)
        return !(queue->available[RING_FLAGS] & NO_INTERRUPT);
    event = queue->available[RING_ENTRY + queue->size];
    return (uint16_t)(queue->put - event - 1) < (uint16_t)(queue->put - before); /* §2.7.7.2 */
}

bool
virtqueue_sleep(struct virtqueue *queue)
{
    if (!queue->size || queue->is_broken)
        return true;
    if (queue->has_event_idx)
        queue->used[RING_ENTRY + USED_WORDS * queue->size] = queue->taken;
    else
        queue->used[RING_FLAGS] = 0;
    atomic_thread_fence(memory_order_seq_cst); /* the driver may be about to put one */
    if (queue->available[RING_INDEX] == queue->taken)
        return true;
    if (!queue->has_event_idx)
        queue->used[RING_FLAGS] = NO_NOTIFY;
    return false;
}

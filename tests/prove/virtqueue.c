/*
 * A virtqueue whose driver is hostile: any contents of RAM, any place. That a driver changes RAM
 * while a chain is read makes no difference to what is checked here, for each descriptor is copied
 * before it is looked at.
 *
 * Bounds: queues of up to 4 descriptors, in 128 bytes of RAM: sizes are only masks, and compared.
 * For the walk along a chain RAM is the table of the queue, and other tables are anywhere in it.
 */
#include "tests/prove/ram_noted.h"

#include "vmm/board/virtqueue.c"

/* with: tests/prove/log.c */

#define RAM_BYTES 128
#define BASE      0x80000000

static uint64_t ram[RAM_BYTES / 8], before[RAM_BYTES / 8];
static struct guest_mem mem = {.base = BASE, .size = RAM_BYTES, .hva = (unsigned char *)ram};

/* A queue in the middle of its life, wherever it can be, in RAM of any contents. */
static struct virtqueue
any_queue(void)
{
    struct virtqueue_place place = {
        .size = 1u << prove_below("log2 of size", 3),
        .descriptors = prove_u64("descriptors"),
        .available = prove_u64("available"),
        .used = prove_u64("used"),
    };
    struct virtqueue queue;

    mem.written = any_notes();
    prove_fill("RAM", ram, sizeof(ram));
    memcpy(before, ram, sizeof(ram));
    prove_assume(virtqueue_place_is_valid(&mem, &place, 4));
    virtqueue_init(&queue, &mem, &place, prove_u64("features"));
    queue.taken = (uint16_t)prove_below("taken", 1 << 16);
    queue.put = (uint16_t)prove_below("put", 1 << 16);
    queue.published = (uint16_t)prove_below("published", 1 << 16);
    return queue;
}

PROVE(virtqueue_place, 2, QUICK)
{
    struct virtqueue_place place = {
        .size = prove_u32("size"),
        .descriptors = prove_u64("descriptors"),
        .available = prove_u64("available"),
        .used = prove_u64("used"),
    };
    uint64_t size = place.size;

    if (!virtqueue_place_is_valid(&mem, &place, VIRTQUEUE_SIZE_MAX))
        return;
    prove_check(size > 0 && size <= VIRTQUEUE_SIZE_MAX && (size & (size - 1)) == 0,
                "a size that there is");
    prove_check(place.descriptors >= BASE && place.descriptors - BASE <= RAM_BYTES &&
                    16 * size <= RAM_BYTES - (place.descriptors - BASE),
                "the descriptors are in RAM (VIRTIO 1.2 §2.7)");
    prove_check(place.available >= BASE && place.available - BASE <= RAM_BYTES &&
                    6 + 2 * size <= RAM_BYTES - (place.available - BASE),
                "so is the available ring");
    prove_check(place.used >= BASE && place.used - BASE <= RAM_BYTES &&
                    6 + 8 * size <= RAM_BYTES - (place.used - BASE),
                "so is the used ring");
    prove_check(place.descriptors % 16 == 0 && place.available % 2 == 0 && place.used % 4 == 0,
                "they are aligned");
}

PROVE(virtqueue_part, 2, QUICK)
{
    static struct virtqueue_chain chain;
    struct virtqueue queue = {.mem = &mem};
    struct virtqueue_descriptor descriptor = {
        .address = prove_u64("address"),
        .len = prove_u32("len"),
        .flags = (uint16_t)prove_below("flags", 1 << 16),
    };
    unsigned count;

    chain.count = count = (unsigned)prove_below("parts", VIRTQUEUE_PARTS_MAX + 1);
    chain.readable = (unsigned)prove_below("readable", count + 1);
    if (part_add(&queue, &chain, &descriptor))
        prove_check(chain.count <= VIRTQUEUE_PARTS_MAX && chain.readable <= chain.count,
                    "the chain has room for it");
    else
        prove_check(chain.count == count, "it is not in the chain");
}

/* The walk along a chain, from any head. All of RAM is the queue's table of two, and any part of it
 * may be another one; a step is one of the loop, whose bound is checked. */
PROVE(virtqueue_take, 3, FULL)
{
    static struct virtqueue_chain chain;
    static uint16_t available[RING_ENTRY + 2];
    static const struct guest_mem table = {
        .base = BASE, .size = 2 * sizeof(struct virtqueue_descriptor), .hva = (unsigned char *)ram};
    struct virtqueue queue = {
        .mem = &table,
        .size = 1u << prove_below("log2 of size", 2),
        .has_indirect = prove_bool("other tables were agreed to"),
        .descriptor = (struct virtqueue_descriptor *)(void *)ram,
        .available = available,
        .taken = (uint16_t)prove_below("taken", 1 << 16),
    };
    unsigned any = (unsigned)prove_below("any part", 2 * 2);
    uint16_t taken = queue.taken, head = (uint16_t)prove_below("head", 1 << 16);
    const struct iovec *part = &chain.part[any];
    uint64_t at;

    prove_fill("RAM", ram, table.size);
    available[RING_ENTRY + taken % queue.size] = head;
    if (!virtqueue_take(&queue, &chain)) {
        prove_check(queue.is_broken && queue.taken == taken, "the queue is broken");
        return;
    }
    prove_check(!queue.is_broken && queue.taken == (uint16_t)(taken + 1) && chain.head == head,
                "one chain is taken");
    prove_check(head < queue.size, "its head is in the table");
    prove_check(chain.count <= queue.size + (queue.has_indirect ? 2 : 0) &&
                    chain.readable <= chain.count,
                "no more parts than the tables have descriptors");
    at = (uintptr_t)part->iov_base - (uintptr_t)table.hva;
    prove_check(any >= chain.count ||
                    (part->iov_len > 0 && at < table.size && part->iov_len <= table.size - at),
                "a part is in RAM");
}

PROVE(virtqueue_count, 17, QUICK)
{
    struct virtqueue queue = any_queue();
    uint32_t count = virtqueue_count(&queue);

    prove_check(count <= queue.size, "no more than the queue has places");
    prove_check(!queue.is_broken || count == 0, "a broken queue has none");
}

/* What the device writes: only the used ring, and there what the specification says. Where it was
 * is noted by the time that the queue is saved, or gone. */
PROVE(virtqueue_give_back, 17, LONG)
{
    struct virtqueue queue = any_queue();
    uint16_t head = (uint16_t)prove_below("head", 1 << 16);
    uint32_t len = prove_u32("len");
    unsigned any = (unsigned)prove_below("any byte of RAM", RAM_BYTES);
    const unsigned char *byte = (unsigned char *)ram + any, *used = (unsigned char *)queue.used;

    noted.byte = byte;
    virtqueue_put(&queue, head, len);
    virtqueue_publish(&queue);
    virtqueue_sleep(&queue);
    virtqueue_mark(&queue);
    prove_check(*byte == ((unsigned char *)before)[any] ||
                    (byte >= used && byte < used + 6 + 8 * queue.size),
                "nothing else is written");
    prove_check(queue.published == queue.put, "all is handed over");
    prove_check(*byte == ((unsigned char *)before)[any] || !mem.written || noted.is,
                "what is written is noted");
}

/* Of a chain's parts, wherever they are: the first bytes of those to be written. */
PROVE(virtqueue_chain_written, 4, QUICK)
{
    static struct virtqueue_chain chain;
    const struct virtqueue queue = {.mem = &mem};
    uint64_t len = prove_u64("len"), before_it = 0, offset;
    unsigned any;

    mem.written = any_notes();
    chain.count = 1 + (unsigned)prove_below("parts - 1", 3);
    chain.readable = (unsigned)prove_below("readable", chain.count);
    any = chain.readable + (unsigned)prove_below("any to be written", chain.count - chain.readable);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t at = prove_below("offset of the part in RAM", RAM_BYTES);

        chain.part[i] =
            (struct iovec){.iov_base = (unsigned char *)ram + at,
                           .iov_len = 1 + prove_below("its length - 1", RAM_BYTES - at)};
        before_it += i >= chain.readable && i < any ? chain.part[i].iov_len : 0;
    }
    offset = prove_below("offset of the byte in it", chain.part[any].iov_len);
    noted.byte = (unsigned char *)chain.part[any].iov_base + offset;
    virtqueue_chain_written(&queue, &chain, len);
    prove_check(noted.is || before_it + offset >= len || !mem.written,
                "a byte that was written is noted");
}

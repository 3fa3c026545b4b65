/*
 * A virtqueue: the input is where the driver puts it, what it writes to RAM, and when the device's
 * thread takes, puts, publishes and goes to sleep.
 */
#include <string.h>

#include "abi/memory.h"
#include "common/riscv.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/board/virtqueue.h"
#include "vmm/guest/guest_mem.h"

#define RAM       0x2000
#define STEPS_MAX 256

enum { POKE, DESCRIPTOR, AVAILABLE, SET_UP, TAKE, PUT, PUBLISH, SLEEP, STEPS };

static struct guest_mem mem;
static struct virtqueue queue;
static struct virtqueue_place place;
static struct virtqueue_chain chain;
static uint8_t shadow[RAM]; /* RAM as the driver wrote it, and the device was allowed to */

static void
driver_write(uint64_t gpa, const void *from, size_t len)
{
    void *to = guest_mem_slice(&mem, gpa, len);

    if (!to)
        return;
    memcpy(to, from, len);
    memcpy(shadow + (gpa - mem.base), from, len);
}

static void
set_up(struct input *input)
{
    static const struct virtqueue_place none;
    unsigned odd = (unsigned)take(input, 1);
    uint64_t features = 0;

    place.size = 1u << take(input, 1) % 9;
    place.descriptors = mem.base + take(input, 2) * 16;
    place.available = mem.base + take(input, 2) * 2;
    place.used = mem.base + take(input, 2) * 4;
    if (odd & 1)
        features |= VIRTQUEUE_F_INDIRECT;
    if (odd & 2)
        features |= VIRTQUEUE_F_EVENT_IDX;
    if (odd & 4)
        place.size = (uint32_t)take_value(input, 0, VIRTQUEUE_SIZE_MAX);
    if (odd & 8)
        place.descriptors = take_value(input, mem.base, mem.base + RAM);
    if (odd & 16)
        place.available = take_value(input, mem.base, mem.base + RAM);
    if (odd & 32)
        place.used = take_value(input, mem.base, mem.base + RAM);
    if (virtqueue_place_is_valid(&mem, &place, VIRTQUEUE_SIZE_MAX))
        virtqueue_init(&queue, &mem, &place, features);
    else
        virtqueue_init(&queue, &mem, &none, features);
}

/* All buffers are RAM, and none is empty. */
static void
chain_check(void)
{
    fuzz_check(chain.count <= VIRTQUEUE_PARTS_MAX && chain.readable <= chain.count,
               "%u buffers, %u to be read", chain.count, chain.readable);
    for (unsigned i = 0; i < chain.count; i++) {
        uint64_t offset = (uint64_t)((uint8_t *)chain.part[i].iov_base - mem.hva);

        fuzz_check(offset <= RAM && chain.part[i].iov_len <= RAM - offset && chain.part[i].iov_len,
                   "a buffer beyond RAM, at 0x%lx", offset);
    }
}

/* Writes of the device's are to the used ring alone. */
static void
ram_check(void)
{
    uint64_t begin = place.used - mem.base, len = 6 + 8 * (uint64_t)queue.size;

    for (uint64_t i = 0; memcmp(mem.hva, shadow, RAM) != 0 && i < RAM; i++) {
        if (queue.size && i - begin < len)
            shadow[i] = mem.hva[i];
        fuzz_check(mem.hva[i] == shadow[i], "0x%lx in RAM was written", i);
    }
}

static void
step(struct input *input)
{
    uint8_t bytes[32];
    uint64_t at;
    uint16_t index;

    switch (take(input, 1) % STEPS) {
    case POKE:
        at = mem.base + take(input, 2);
        index = (uint16_t)(take(input, 1) % sizeof(bytes));
        take_bytes(input, bytes, index);
        driver_write(at, bytes, index);
        break;
    case DESCRIPTOR: { /* one of the table, with a buffer that may be good */
        struct {
            uint64_t address;
            uint32_t len;
            uint16_t flags, next;
        } descriptor;

        at = place.descriptors + 16 * take(input, 1);
        descriptor.address = mem.base + take(input, 2);
        descriptor.len = (uint32_t)take(input, 2);
        descriptor.flags = (uint16_t)take(input, 1) & 7;
        descriptor.next = (uint16_t)take(input, 1);
        driver_write(at, &descriptor, sizeof(descriptor));
        break;
    }
    case AVAILABLE: /* a head, and the index one further */
        index = (uint16_t)take(input, 1);
        if (queue.size) {
            uint16_t next = (uint16_t)(queue.taken + 1);

            driver_write(place.available + 4 + 2 * (queue.taken & (queue.size - 1)), &index, 2);
            driver_write(place.available + 2, &next, 2);
        }
        break;
    case SET_UP:
        set_up(input);
        break;
    case TAKE:
        if (virtqueue_count(&queue) && virtqueue_take(&queue, &chain))
            chain_check();
        break;
    case PUT:
        if (queue.size)
            virtqueue_put(&queue, (uint16_t)take(input, 2), (uint32_t)take(input, 4));
        break;
    case PUBLISH:
        virtqueue_publish(&queue);
        break;
    case SLEEP:
        virtqueue_sleep(&queue);
        break;
    }
    fuzz_check(virtqueue_count(&queue) <= queue.size, "more than there can be");
    ram_check();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};

    if (!mem.hva)
        fuzz_check(guest_mem_create(&mem, DUET_RAM_BASE, RAM) == 0, "no RAM");
    memset(mem.hva, 0, RAM);
    memset(shadow, 0, sizeof(shadow));
    memset(&place, 0, sizeof(place));
    virtqueue_init(&queue, &mem, &place, 0);
    for (unsigned steps = 0; input.left > 0 && steps < STEPS_MAX; steps++)
        step(&input);
    return 0;
}

static void
descriptor_give(struct output *seed, unsigned number, unsigned flags, unsigned next)
{
    give(seed, DESCRIPTOR, 1);
    give(seed, number, 1);
    give(seed, 0x1000, 2);
    give(seed, 32, 2);
    give(seed, flags, 1);
    give(seed, next, 1);
}

/* A chain of three, from its beginning to its end. */
static void
chain_seed(const char *name, unsigned odd, unsigned last_flags)
{
    struct output seed = {0};

    give(&seed, SET_UP, 1);
    give(&seed, odd, 1);
    give(&seed, 3, 1);
    give(&seed, 0, 2);
    give(&seed, 0x200, 2);
    give(&seed, 0x200, 2);
    descriptor_give(&seed, 0, 1, 1);
    descriptor_give(&seed, 1, 3, 2);
    descriptor_give(&seed, 2, last_flags, 0);
    for (unsigned i = 0; i < 2; i++) {
        give(&seed, AVAILABLE, 1);
        give(&seed, 0, 1);
        give(&seed, TAKE, 1);
        give(&seed, PUT, 1);
        give(&seed, 0, 2);
        give(&seed, 33, 4);
        give(&seed, PUBLISH, 1);
        give(&seed, SLEEP, 1);
    }
    seed_write(name, seed.data, seed.len);
}

void
fuzz_seeds(void)
{
    chain_seed("chain", 0, 2);
    chain_seed("events", 2, 2);
    chain_seed("indirect", 3, 4);
    chain_seed("loop", 0, 3);
}

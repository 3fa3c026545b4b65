/*
 * The registers of a virtio device, over MMIO: any access of a guest, of any width at any offset,
 * to a device in any state (VIRTIO 1.2 §4.2.2). What a queue is served with is written here: it has
 * a chain or none. So is the device's thread, which takes a queue on while its vCPU waits; other
 * harts have changed all queues meanwhile. Its configuration: virtio_mmio.c.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>
#include <string.h>

#include "vmm/board/virtqueue.h"

static uint32_t any_count(struct virtqueue *queue);
static bool any_take(struct virtqueue *queue, struct virtqueue_chain *chain);
static void any_put(struct virtqueue *queue, uint16_t head, uint32_t len);
static bool any_publish(struct virtqueue *queue);
static bool any_sleep(struct virtqueue *queue);
static void any_mark(const struct virtqueue *queue);
static void any_chain_written(const struct virtqueue *queue, const struct virtqueue_chain *chain,
                              uint64_t len);
#define virtqueue_count         any_count
#define virtqueue_take          any_take
#define virtqueue_put           any_put
#define virtqueue_publish       any_publish
#define virtqueue_sleep         any_sleep
#define virtqueue_mark          any_mark
#define virtqueue_chain_written any_chain_written
#include "vmm/board/virtio_mmio.c"
#undef virtqueue_count
#undef virtqueue_take
#undef virtqueue_put
#undef virtqueue_publish
#undef virtqueue_sleep
#undef virtqueue_mark
#undef virtqueue_chain_written

/* with: vmm/board/virtqueue.c vmm/guest/guest_mem.c tests/prove/log.c */

#define QUEUES    2 /* that the device has; there is room for one more */
#define RAM_BYTES 128
#define BASE      0x80000000

static unsigned char ram[RAM_BYTES];
static struct virtio_kind kind;
static struct virtio_device device, before;
static bool is_locked, has_waited;
static unsigned chains, served;

/* --- Around the device ------------------------------------------------------------------------ */

int
pthread_mutex_lock(pthread_mutex_t *lock)
{
    prove_check(lock == &device.lock && !is_locked, "the device's lock is free");
    is_locked = true;
    return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *lock)
{
    prove_check(lock == &device.lock && is_locked, "the device's lock is held");
    is_locked = false;
    return 0;
}

int
pthread_cond_broadcast(pthread_cond_t *condition)
{
    prove_check(condition == &device.taken_on && is_locked, "with the lock held");
    return 0;
}

/* What every queue is, between any two accesses: one that is ready is where it can be, for it was
 * looked at when it became so, and has not been moved since; and it is served just then. */
static bool
queue_is_sane(const struct virtio_queue *queue)
{
    if (!queue->is_ready)
        return queue->queue.size == 0;
    return queue->queue.size == queue->place.size &&
           virtqueue_place_is_valid(&device.vm->mem, &queue->place, kind.queue_size_max);
}

static void
any_queues(void)
{
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++) {
        struct virtio_queue *queue = &device.queue[i];

        queue->place = (struct virtqueue_place){.size = prove_u32("QueueNum"),
                                                .descriptors = prove_u64("QueueDesc"),
                                                .available = prove_u64("QueueDriver"),
                                                .used = prove_u64("QueueDevice")};
        queue->is_ready = prove_bool("QueueReady");
        queue->queue.size = queue->is_ready ? queue->place.size : 0;
        queue->is_serving = kind.serve && prove_bool("another hart serves the queue");
        prove_assume(queue_is_sane(queue));
    }
}

/* The vCPU waits for the device's thread, or for another hart that serves the queue. */
int
pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock)
{
    prove_check(condition == &device.taken_on && lock == &device.lock && is_locked,
                "with the lock held");
    is_locked = false;
    for (unsigned i = 0; i < QUEUES; i++)
        virtio_queue_take_on(&device, i);
    is_locked = true;
    has_waited = true;
    any_queues();
    return 0;
}

void
queue_thread_wake(int doorbell)
{
    prove_check(doorbell == device.doorbell_fd && is_locked, "the device's own thread");
}

void
plic_raise(struct vm *vm, unsigned irq)
{
    prove_check(vm == device.vm && irq == BOARD_VIRTIO_IRQ(device.slot), "its own interrupt");
}

void
bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
{
    (void)vm, (void)access, (void)format;
}

void
vcpu_kick(struct vcpu *vcpu)
{
    prove_check(vcpu == &device.vm->vcpu[0] && !is_locked, "the first vCPU, which goes on");
}

/* --- A queue that is served ------------------------------------------------------------------- */

static unsigned
number_of(const struct virtqueue *queue)
{
    unsigned n = 0;

    while (n < VIRTIO_QUEUES_MAX && queue != &device.queue[n].queue)
        n++;
    prove_check(n < kind.queues && !is_locked, "a queue that the device has, without the lock");
    return n;
}

static uint32_t
any_count(struct virtqueue *queue)
{
    number_of(queue);
    return chains;
}

static bool
any_take(struct virtqueue *queue, struct virtqueue_chain *chain)
{
    number_of(queue);
    chain->head = 0;
    return prove_bool("the chain makes sense");
}

static void
any_put(struct virtqueue *queue, uint16_t head, uint32_t len)
{
    number_of(queue);
    (void)head, (void)len;
}

static bool
any_publish(struct virtqueue *queue)
{
    number_of(queue);
    queue->is_broken = prove_bool("the queue is broken");
    return prove_bool("the driver wants an interrupt");
}

static bool
any_sleep(struct virtqueue *queue)
{
    number_of(queue);
    return true;
}

/* What is noted of a queue has a proof of its own: virtqueue.c. */
static void
any_mark(const struct virtqueue *queue)
{
    (void)queue;
}

static void
any_chain_written(const struct virtqueue *queue, const struct virtqueue_chain *chain, uint64_t len)
{
    number_of(queue);
    (void)chain, (void)len;
}

static uint32_t
any_serve(struct virtio_device *of, unsigned number, struct virtqueue_chain *chain)
{
    (void)chain;
    prove_check(of == &device && number < kind.queues && !is_locked, "a queue that it has");
    prove_check(chains > 0, "a chain that is there");
    chains--;
    served++;
    return prove_u32("bytes that were written");
}

static bool
any_is_ready(struct virtio_device *of, unsigned number)
{
    prove_check(of == &device && number < kind.queues, "a queue that it has");
    return prove_bool("the queue can be served now");
}

/* --- The device ------------------------------------------------------------------------------- */

static void
any_device(void)
{
    struct vm *vm = malloc(offsetof(struct vm, vcpu));

    prove_assume(vm);
    vm->mem = (struct guest_mem){.base = BASE, .size = RAM_BYTES, .hva = ram};
    atomic_store(&vm->ending.how, 0);
    kind.id = prove_u32("DeviceID");
    kind.queues = QUEUES;
    kind.queue_size_max = (uint32_t)prove_below("QueueNumMax", VIRTQUEUE_SIZE_MAX + 1);
    kind.serve = prove_bool("a vCPU serves the queues") ? any_serve : NULL;
    kind.is_ready = prove_bool("it is asked before") ? any_is_ready : NULL;
    device.kind = &kind;
    device.vm = vm;
    device.slot = (unsigned)prove_below("slot", BOARD_VIRTIO_SLOTS);
    device.features = prove_u64("features");
    atomic_store(&device.status, (unsigned)prove_below("Status", 256));
    atomic_store(&device.interrupts, (unsigned)prove_below("InterruptStatus", 4));
    device.features_select = prove_u32("DeviceFeaturesSel");
    device.driver_features_select = prove_u32("DriverFeaturesSel");
    device.queue_select = prove_u32("QueueSel");
    device.driver_features = prove_u64("features of the driver");
    any_queues();
}

static bool
place_is_same(const struct virtqueue_place *a, const struct virtqueue_place *b)
{
    return a->size == b->size && a->descriptors == b->descriptors && a->available == b->available &&
           a->used == b->used;
}

/* Nothing that the guest can see has changed, of all but the queues. */
static bool
registers_are_same(void)
{
    return atomic_load(&device.status) == atomic_load(&before.status) &&
           atomic_load(&device.interrupts) == atomic_load(&before.interrupts) &&
           device.features_select == before.features_select &&
           device.driver_features_select == before.driver_features_select &&
           device.queue_select == before.queue_select &&
           device.driver_features == before.driver_features;
}

static bool
queues_are_same(void)
{
    bool are_same = true;

    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
        are_same &= place_is_same(&device.queue[i].place, &before.queue[i].place) &&
                    device.queue[i].is_ready == before.queue[i].is_ready;
    return are_same;
}

/* --- Registers -------------------------------------------------------------------------------- */

/* What a load gives (§4.2.2): another formula than the code's, by the offset's value. */
static uint32_t
expected(uint64_t offset)
{
    bool has_queue = before.queue_select < kind.queues;
    uint64_t features = before.features | 1ULL << 28 | 1ULL << 29 | 1ULL << 32;

    switch (offset) {
    case 0x00:
        return 0x74726976;
    case 0x04:
        return 2;
    case 0x08:
        return kind.id;
    case 0x0c:
        return 0x554d4551;
    case 0x10:
        return before.features_select > 1 ? 0 : (uint32_t)(features >> 32 * before.features_select);
    case 0x34:
        return has_queue ? kind.queue_size_max : 0;
    case 0x44:
        return has_queue && before.queue[before.queue_select].is_ready;
    case 0x60:
        return atomic_load(&before.interrupts);
    case 0x70:
        return atomic_load(&before.status);
    default:
        return offset >= 0xb0 && offset <= 0xbc && offset % 4 == 0 ? UINT32_MAX : 0;
    }
}

PROVE(virtio_load, 5, LONG)
{
    struct bus_access access = {.offset = prove_below("offset", CONFIG), .len = 4};

    any_device();
    before = device;
    prove_check(serve(NULL, &device, &access), "registers have 32 bits (§4.2.2.2)");
    prove_check(access.data == expected(access.offset), "what the register has");
    prove_check(registers_are_same() && queues_are_same() && !is_locked, "nothing changes");
}

/* --- Stores ----------------------------------------------------------------------------------- */

/* The place that a queue which is not ready has then, if it is selected. */
static struct virtqueue_place
stored(struct virtqueue_place place, uint64_t offset, uint64_t value)
{
    uint64_t *field = offset / 16 == 8    ? &place.descriptors
                      : offset / 16 == 9  ? &place.available
                      : offset / 16 == 10 ? &place.used
                                          : NULL;

    if (offset == 0x38)
        place.size = (uint32_t)value;
    else if (field && offset % 16 == 0)
        *field = (*field >> 32 << 32) + value;
    else if (field && offset % 16 == 4)
        *field = (value << 32) + (uint32_t)*field;
    return place;
}

/* What becomes of a queue by a store that changes no queue's being ready. */
static void
check_queue(unsigned number, uint64_t at, uint32_t value)
{
    const struct virtio_queue *queue = &device.queue[number], *was = &before.queue[number];
    struct virtqueue_place place = was->place;

    if (number == before.queue_select && number < kind.queues && !was->is_ready)
        place = stored(place, at, value);
    prove_check(queue->is_ready == was->is_ready, "each queue is ready, or not, as before");
    prove_check(place_is_same(&queue->place, &place),
                "only the selected queue is moved, to where it says, and none that is ready");
}

static void
check_registers(uint64_t at, uint32_t value)
{
    prove_check(device.features_select == (at == 0x14 ? value : before.features_select),
                "DeviceFeaturesSel");
    prove_check(device.driver_features_select ==
                    (at == 0x24 ? value : before.driver_features_select),
                "DriverFeaturesSel");
    prove_check(device.queue_select == (at == 0x30 ? value : before.queue_select), "QueueSel");
    prove_check(device.driver_features == before.driver_features ||
                    (at == 0x20 && !(atomic_load(&before.status) & STATUS_FEATURES_OK)),
                "features are agreed to once");
    prove_check(atomic_load(&device.interrupts) ==
                    (atomic_load(&before.interrupts) & (at == 0x64 ? ~value : UINT32_MAX)),
                "InterruptACK");
    prove_check(atomic_load(&device.status) == atomic_load(&before.status), "Status stays");
}

/* CBMC then knows the offset and the queue; the last queue there is in no device. */
PROVE(virtio_store, 257, FULL)
{
    uint32_t selected = (uint32_t)prove_below("QueueSel", VIRTIO_QUEUES_MAX + 1);
    uint64_t at = prove_below("offset", CONFIG);
    uint32_t value = prove_u32("value");

    prove_assume(at != 0x44 && at != 0x70);
    any_device();
    device.queue_select = selected;
    before = device;
    for (unsigned offset = 0; offset < CONFIG; offset++) {
        if (offset != at || offset == 0x44 || offset == 0x70)
            continue;
        for (uint32_t n = 0; n <= VIRTIO_QUEUES_MAX; n++) {
            if (n == selected) {
                device.queue_select = n;
                register_store(&device, offset, value);
            }
        }
    }
    check_registers(at, value);
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
        check_queue(i, at, value);
}

/* A store to QueueReady, of which one bit counts: while it waits, others may change all queues. */
PROVE(virtio_store_ready, 4, FULL)
{
    uint32_t selected = (uint32_t)prove_below("QueueSel", QUEUES + 1);
    uint32_t value = (uint32_t)prove_below("value", 2);
    unsigned status;

    any_device();
    device.queue_select = selected;
    before = device;
    is_locked = true;
    for (uint32_t n = 0; n <= QUEUES; n++) {
        for (uint32_t ready = 0; ready < 2; ready++) {
            if (n == selected && ready == value) {
                device.queue_select = n;
                register_store(&device, 0x44, ready);
            }
        }
    }
    status = atomic_load(&device.status);
    prove_check(is_locked, "the lock is held");
    prove_check((status | STATUS_NEEDS_RESET) == (atomic_load(&before.status) | STATUS_NEEDS_RESET),
                "a queue that cannot be needs a reset, and nothing else changes Status");
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++) {
        const struct virtio_queue *queue = &device.queue[i], *was = &before.queue[i];

        prove_check(queue_is_sane(queue), "a queue that is ready is in RAM");
        prove_check(has_waited || queue->is_ready == was->is_ready ||
                        (i == selected && queue->is_ready == value),
                    "only the selected queue becomes ready, or not");
        prove_check(has_waited || place_is_same(&queue->place, &was->place), "and none is moved");
    }
}

/* A store to Status; of 0, it is a reset (§2.4.1). */
PROVE(virtio_store_status, 4, FULL)
{
    uint32_t value = prove_u32("value");
    unsigned status;

    any_device();
    before = device;
    is_locked = true;
    register_store(&device, 0x70, value);
    status = atomic_load(&device.status);
    prove_check(is_locked, "the lock is held");
    for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
        prove_check(queue_is_sane(&device.queue[i]), "a queue that is ready is in RAM");
    if ((value & 0xff) == 0) {
        prove_check(status == 0 && atomic_load(&device.interrupts) == 0 &&
                        device.driver_features == 0 && device.queue_select == 0,
                    "a reset leaves nothing");
        for (unsigned i = 0; i < QUEUES; i++)
            prove_check(has_waited || (!device.queue[i].is_ready && !device.queue[i].place.size &&
                                       !device.queue[i].place.used),
                        "nor a queue");
        return;
    }
    prove_check(queues_are_same() && !has_waited, "no queue changes");
    prove_check((status & ~atomic_load(&before.status) & ~(value & 0xff)) == 0,
                "no bit is set that was not stored");
    prove_check(!(atomic_load(&before.status) & STATUS_NEEDS_RESET) ||
                    (status & STATUS_NEEDS_RESET),
                "only a reset ends that one is needed (§2.1.2)");
    prove_check(!(status & STATUS_FEATURES_OK) || !(device.driver_features & ~features_of(&device)),
                "no features that are not offered (§3.1.1)");
}

/* A store to QueueNotify: the queue is served there, if no thread does. */
static void
check_notify(uint32_t number)
{
    struct bus_access access = {.offset = 0x50, .len = 4, .is_store = true, .data = number};

    before = device;
    prove_check(serve(NULL, &device, &access), "it is a register");
    prove_check(queues_are_same() && !is_locked, "no queue changes");
    prove_check(served == 0 || (kind.serve && number < kind.queues), "a queue that it has");
}

PROVE(virtio_notify, 4, LONG)
{
    uint32_t number = (uint32_t)prove_below("the queue, none for the last", VIRTIO_QUEUES_MAX + 1);

    any_device();
    chains = (unsigned)prove_below("chains", 2);
    for (uint32_t n = 0; n < VIRTIO_QUEUES_MAX; n++)
        if (n == number)
            check_notify(n);
    if (number == VIRTIO_QUEUES_MAX)
        check_notify(UINT32_MAX);
}

/* An access of any width to a device without queues, for a register's width is asked before. */
static void
check_width(unsigned len)
{
    struct bus_access access = {.offset = prove_below("offset", CONFIG),
                                .len = len,
                                .is_store = prove_bool("a store"),
                                .data = prove_u64("data")};
    bool good = serve(NULL, &device, &access);

    prove_check(good == (len == 4), "registers have 32 bits (§4.2.2.2)");
    prove_check(good || (registers_are_same() && !is_locked), "of another width is nothing");
}

PROVE(virtio_width, 5, LONG)
{
    unsigned log2 = (unsigned)prove_below("log2 of len", 4);

    device.kind = &kind;
    atomic_store(&device.status, (unsigned)prove_below("Status", 256));
    atomic_store(&device.interrupts, (unsigned)prove_below("InterruptStatus", 4));
    device.features_select = prove_u32("DeviceFeaturesSel");
    device.driver_features_select = prove_u32("DriverFeaturesSel");
    device.driver_features = prove_u64("features of the driver");
    before = device;
    for (unsigned i = 0; i < 4; i++)
        if (i == log2)
            check_width(1u << i);
}

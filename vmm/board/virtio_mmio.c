/* virtio over MMIO, and the slots of the board. */
#include "vmm/board/virtio_mmio.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <libfdt.h>

#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/device/queue.h"
#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"
#include "vmm/trace/counter.h"

/* Registers (§4.2.2). */
enum {
    MAGIC_VALUE = 0x00,
    VERSION = 0x04,
    DEVICE_ID = 0x08,
    VENDOR_ID = 0x0c,
    DEVICE_FEATURES = 0x10,
    DEVICE_FEATURES_SEL = 0x14,
    DRIVER_FEATURES = 0x20,
    DRIVER_FEATURES_SEL = 0x24,
    QUEUE_SEL = 0x30,
    QUEUE_NUM_MAX = 0x34,
    QUEUE_NUM = 0x38,
    QUEUE_READY = 0x44,
    QUEUE_NOTIFY = 0x50,
    INTERRUPT_STATUS = 0x60,
    INTERRUPT_ACK = 0x64,
    STATUS = 0x70,
    QUEUE_DESC_LOW = 0x80,
    QUEUE_DESC_HIGH = 0x84,
    QUEUE_DRIVER_LOW = 0x90,
    QUEUE_DRIVER_HIGH = 0x94,
    QUEUE_DEVICE_LOW = 0xa0,
    QUEUE_DEVICE_HIGH = 0xa4,
    SHM_LEN_LOW = 0xb0,
    SHM_LEN_HIGH = 0xb4,
    SHM_BASE_LOW = 0xb8,
    SHM_BASE_HIGH = 0xbc,
    CONFIG_GENERATION = 0xfc,
    CONFIG = 0x100,
};

#define MAGIC  0x74726976 /* "virt" */
#define VENDOR 0x554d4551 /* "QEMU": xv6 insists */

#define STATUS_DRIVER_OK   0x04
#define STATUS_FEATURES_OK 0x08
#define STATUS_NEEDS_RESET 0x40
#define STATUS_MAX         0xff

#define INTERRUPT_QUEUE  1
#define INTERRUPT_CONFIG 2

#define FEATURE_VERSION_1 (1ULL << 32)
#define FEATURES_OF_ALL   (FEATURE_VERSION_1 | VIRTQUEUE_F_INDIRECT | VIRTQUEUE_F_EVENT_IDX)

static void
interrupt_raise(struct virtio_device *device, unsigned why)
{
    atomic_fetch_or(&device->interrupts, why);
    plic_raise(device->vm, BOARD_VIRTIO_IRQ(device->slot));
}

void
virtio_config_changed(struct virtio_device *device)
{
    if (atomic_load(&device->status) & STATUS_DRIVER_OK)
        interrupt_raise(device, INTERRUPT_CONFIG);
}

/* --- Queues ----------------------------------------------------------------------------------- */

/* With the lock held. */
static void
take_on(struct virtio_device *device, struct virtio_queue *queue)
{
    static const struct virtqueue_place none;

    virtqueue_mark(&queue->queue);
    virtqueue_init(&queue->queue, &device->vm->mem, queue->is_ready ? &queue->place : &none,
                   device->driver_features);
    queue->has_reported = false;
    atomic_store(&queue->wants_change, false);
    pthread_cond_broadcast(&device->taken_on);
}

/* Has the queue taken on as `is_ready` and its place are now: by the device's thread, or, without
 * one, here, when nobody serves it. With the lock held, which is let go of meanwhile. */
static void
queue_change(struct virtio_device *device, struct virtio_queue *queue)
{
    atomic_store(&queue->wants_change, true);
    if (!device->kind->serve)
        queue_thread_wake(device->doorbell_fd);
    else if (!queue->is_serving)
        take_on(device, queue);
    while (atomic_load(&queue->wants_change))
        pthread_cond_wait(&device->taken_on, &device->lock);
}

void
virtio_queue_take_on(struct virtio_device *device, unsigned number)
{
    struct virtio_queue *queue = &device->queue[number];

    if (!atomic_load_explicit(&queue->wants_change, memory_order_acquire) || queue->in_flight)
        return;
    pthread_mutex_lock(&device->lock);
    take_on(device, queue);
    pthread_mutex_unlock(&device->lock);
}

static void
needs_reset(struct virtio_device *device)
{
    unsigned before = atomic_fetch_or(&device->status, STATUS_NEEDS_RESET);

    if (before & STATUS_DRIVER_OK)
        interrupt_raise(device, INTERRUPT_CONFIG);
}

void
virtio_queue_publish(struct virtio_device *device, unsigned number)
{
    struct virtio_queue *queue = &device->queue[number];

    if (virtqueue_publish(&queue->queue))
        interrupt_raise(device, INTERRUPT_QUEUE);
    if (!queue->queue.is_broken || queue->has_reported)
        return;
    queue->has_reported = true;
    needs_reset(device);
    if (queue->was_said)
        return;
    queue->was_said = true;
    say("%s: the guest's queue %u makes no sense: it is not served until the guest resets the "
        "device",
        device->kind->name, number);
}

/* Serves one chain, without the lock. False if there is none that can be served. */
static bool
chain_serve(struct virtio_device *device, unsigned number)
{
    const struct virtio_kind *kind = device->kind;
    struct virtqueue *queue = &device->queue[number].queue;
    struct virtqueue_chain chain;
    uint32_t written;

    if (!virtqueue_count(queue) || (kind->is_ready && !kind->is_ready(device, number)) ||
        !virtqueue_take(queue, &chain))
        return false;
    written = kind->serve(device, number, &chain);
    virtqueue_chain_written(queue, &chain, written);
    virtqueue_put(queue, chain.head, written);
    counter_add(&device->queue[number].served, 1);
    return true;
}

/* Whether serving has to stop: the guest changes the queue, or the machine ends. */
static bool
must_stop(const struct virtio_device *device, const struct virtio_queue *queue)
{
    return atomic_load(&queue->wants_change) || atomic_load(&device->vm->ending.how);
}

/* Serves chains, but no more than the queue has entries: another hart may put new ones all the
 * time. Whether there are more. */
static bool
chains_serve(struct virtio_device *device, unsigned number)
{
    struct virtio_queue *queue = &device->queue[number];
    uint32_t left = queue->queue.size;
    bool more;

    do {
        while (left > 0 && !must_stop(device, queue) && chain_serve(device, number))
            left--;
        virtio_queue_publish(device, number);
        more = !virtqueue_sleep(&queue->queue) &&
               (!device->kind->is_ready || device->kind->is_ready(device, number));
    } while (more && left > 0 && !must_stop(device, queue));
    return more;
}

void
virtio_queue_serve(struct virtio_device *device, unsigned number)
{
    struct virtio_queue *queue = &device->queue[number];
    bool more;

    pthread_mutex_lock(&device->lock);
    if (queue->is_serving) {
        queue->serve_again = true;
        pthread_mutex_unlock(&device->lock);
        return;
    }
    queue->is_serving = true;
    queue->serve_again = false;
    pthread_mutex_unlock(&device->lock);
    more = chains_serve(device, number);
    pthread_mutex_lock(&device->lock);
    queue->is_serving = false;
    more |= queue->serve_again;
    if (atomic_load(&queue->wants_change))
        take_on(device, queue);
    pthread_mutex_unlock(&device->lock);
    if (more) {
        atomic_store(&queue->waits_for_vcpu, true);
        vcpu_kick(&device->vm->vcpu[0]);
    }
}

void
virtio_device_go_on(struct virtio_device *device)
{
    for (unsigned i = 0; i < device->kind->queues; i++)
        if (atomic_exchange(&device->queue[i].waits_for_vcpu, false))
            virtio_queue_serve(device, i);
}

static void
ready_store(struct virtio_device *device, struct virtio_queue *queue, bool ready)
{
    if (ready == queue->is_ready)
        return;
    if (ready &&
        !virtqueue_place_is_valid(&device->vm->mem, &queue->place, device->kind->queue_size_max)) {
        needs_reset(device);
        return;
    }
    queue->is_ready = ready;
    queue_change(device, queue);
}

/* --- Registers -------------------------------------------------------------------------------- */

static uint64_t
features_of(const struct virtio_device *device)
{
    return device->features | FEATURES_OF_ALL;
}

static void
device_reset(struct virtio_device *device)
{
    for (unsigned i = 0; i < device->kind->queues; i++) {
        /* The place first: ready_store() may wait, while another hart sets the queue up again. */
        device->queue[i].place = (struct virtqueue_place){0};
        ready_store(device, &device->queue[i], false);
    }
    device->driver_features = 0;
    device->features_select = device->driver_features_select = device->queue_select = 0;
    atomic_store(&device->interrupts, 0);
    atomic_store(&device->status, 0);
}

static void
status_store(struct virtio_device *device, unsigned status)
{
    if (status == 0) {
        device_reset(device);
        return;
    }
    /* Features that were not offered are not agreed to (§3.1.1). */
    if (device->driver_features & ~features_of(device))
        status &= ~(unsigned)STATUS_FEATURES_OK;
    atomic_store(&device->status, status | (atomic_load(&device->status) & STATUS_NEEDS_RESET));
}

static uint32_t
half(uint64_t value, uint32_t select)
{
    return select == 0 ? (uint32_t)value : select == 1 ? (uint32_t)(value >> 32) : 0;
}

static void
half_store(uint64_t *value, uint32_t select, uint32_t half_of_it)
{
    if (select == 0)
        *value = (*value & ~0xffffffffULL) | half_of_it;
    else if (select == 1)
        *value = (*value & 0xffffffff) | (uint64_t)half_of_it << 32;
}

static uint32_t
register_load(struct virtio_device *device, unsigned offset)
{
    struct virtio_queue *queue =
        device->queue_select < device->kind->queues ? &device->queue[device->queue_select] : NULL;

    switch (offset) {
    case DEVICE_FEATURES:
        return half(features_of(device), device->features_select);
    case QUEUE_NUM_MAX:
        return queue ? device->kind->queue_size_max : 0;
    case QUEUE_READY:
        return queue && queue->is_ready;
    case INTERRUPT_STATUS:
        return atomic_load(&device->interrupts);
    case STATUS:
        return atomic_load(&device->status);
    case SHM_LEN_LOW: /* there is no shared memory (§4.2.2.1) */
    case SHM_LEN_HIGH:
    case SHM_BASE_LOW:
    case SHM_BASE_HIGH:
        return UINT32_MAX;
    default:
        return 0;
    }
}

/* The registers that say where a queue is. A queue that is ready stays where it is (§4.2.2.2). */
static void
place_store(struct virtio_queue *queue, unsigned offset, uint32_t value)
{
    struct virtqueue_place *place = &queue->place;

    if (queue->is_ready)
        return;
    switch (offset) {
    case QUEUE_NUM:
        place->size = value;
        break;
    case QUEUE_DESC_LOW:
    case QUEUE_DESC_HIGH:
        half_store(&place->descriptors, offset == QUEUE_DESC_HIGH, value);
        break;
    case QUEUE_DRIVER_LOW:
    case QUEUE_DRIVER_HIGH:
        half_store(&place->available, offset == QUEUE_DRIVER_HIGH, value);
        break;
    case QUEUE_DEVICE_LOW:
    case QUEUE_DEVICE_HIGH:
        half_store(&place->used, offset == QUEUE_DEVICE_HIGH, value);
        break;
    }
}

static void
register_store(struct virtio_device *device, unsigned offset, uint32_t value)
{
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        device->features_select = value;
        break;
    case DRIVER_FEATURES:
        if (!(atomic_load(&device->status) & STATUS_FEATURES_OK))
            half_store(&device->driver_features, device->driver_features_select, value);
        break;
    case DRIVER_FEATURES_SEL:
        device->driver_features_select = value;
        break;
    case QUEUE_SEL:
        device->queue_select = value;
        break;
    case QUEUE_READY:
        if (device->queue_select < device->kind->queues)
            ready_store(device, &device->queue[device->queue_select], value & 1);
        break;
    case QUEUE_NOTIFY: /* served without the lock, or by KVM; or the slot is empty */
        break;
    case INTERRUPT_ACK:
        atomic_fetch_and(&device->interrupts, ~value);
        break;
    case STATUS:
        status_store(device, value & 0xff);
        break;
    default:
        if (device->queue_select < device->kind->queues)
            place_store(&device->queue[device->queue_select], offset, value);
    }
}

/* The device's own (§4.2.2.2: accesses of every width). */
static bool
config_serve(struct virtio_device *device, struct bus_access *access)
{
    unsigned offset = (unsigned)access->offset - CONFIG;
    bool is_there = offset <= VIRTIO_CONFIG_MAX - access->len;

    if (!access->is_store) {
        access->data = 0;
        if (is_there)
            memcpy(&access->data, device->config + offset, access->len);
    } else if (is_there && device->kind->config_stored) {
        memcpy(device->config + offset, &access->data, access->len);
        device->kind->config_stored(device, offset, access->len);
    }
    return true;
}

static bool
serve(struct vcpu *vcpu, void *arg, struct bus_access *access)
{
    struct virtio_device *device = arg;
    unsigned offset = (unsigned)access->offset;

    (void)vcpu;
    if (offset < CONFIG && access->len != 4)
        return false;
    if (offset == QUEUE_NOTIFY && access->is_store)
        bus_describe(device->vm, access, "%s notify %u", device->kind->name,
                     (unsigned)access->data);
    else
        bus_describe(device->vm, access, "%s", device->kind->name);
    pthread_mutex_lock(&device->lock);
    if (offset >= CONFIG)
        config_serve(device, access);
    else if (access->is_store)
        register_store(device, offset, (uint32_t)access->data);
    else
        access->data = offset == MAGIC_VALUE ? MAGIC
                       : offset == VERSION   ? 2
                       : offset == DEVICE_ID ? device->kind->id
                       : offset == VENDOR_ID ? VENDOR
                                             : register_load(device, offset);
    pthread_mutex_unlock(&device->lock);
    if (offset == QUEUE_NOTIFY && access->is_store && device->kind->serve &&
        access->data < device->kind->queues)
        virtio_queue_serve(device, (unsigned)access->data);
    return true;
}

int
virtio_device_add(struct virtio_device *device, struct vm *vm, unsigned slot)
{
    struct kvm_ioeventfd notify = {
        .addr = BOARD_VIRTIO_BASE(slot) + QUEUE_NOTIFY,
        .len = 4,
        .fd = device->doorbell_fd,
    };

    device->vm = vm;
    device->slot = slot;
    pthread_mutex_init(&device->lock, NULL);
    pthread_cond_init(&device->taken_on, NULL);
    if (device->kind->queues && !device->kind->serve && ioctl(vm->fd, KVM_IOEVENTFD, &notify))
        return fail_errno("KVM_IOEVENTFD");
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_VIRTIO_BASE(slot),
                                                 .size = BOARD_VIRTIO_SIZE,
                                                 .serve = serve,
                                                 .device = device});
}

void *
virtio_device_create(size_t size, const struct virtio_kind *kind, uint64_t features, struct vm *vm,
                     unsigned slot)
{
    struct virtio_device *device = calloc(1, size);

    if (!device) {
        fail_errno("memory for %s", kind->name);
        return NULL;
    }
    device->kind = kind;
    device->features = features;
    if (virtio_device_add(device, vm, slot) == 0)
        return device;
    free(device);
    return NULL;
}

static void
virtio_queue_save(const struct virtio_queue *queue, struct state_writer *to)
{
    state_put(to, queue->place.size);
    state_put(to, queue->place.descriptors);
    state_put(to, queue->place.available);
    state_put(to, queue->place.used);
    state_put(to, queue->is_ready);
    state_put(to, queue->has_reported);
    virtqueue_save(&queue->queue, to);
}

static void
virtio_queue_load(struct virtio_device *device, struct virtio_queue *queue,
                  struct state_reader *from)
{
    static const struct virtqueue_place none;
    const struct guest_mem *mem = &device->vm->mem;

    queue->place.size = (uint32_t)state_get_max(from, UINT32_MAX);
    queue->place.descriptors = state_get(from);
    queue->place.available = state_get(from);
    queue->place.used = state_get(from);
    queue->is_ready = state_get_max(from, 1);
    queue->has_reported = state_get_max(from, 1);
    if (queue->is_ready &&
        !virtqueue_place_is_valid(mem, &queue->place, device->kind->queue_size_max))
        from->failed = true;
    if (from->failed)
        queue->is_ready = false;
    virtqueue_load(&queue->queue, mem, queue->is_ready ? &queue->place : &none, from);
}

void
virtio_device_save(const struct virtio_device *device, struct state_writer *to)
{
    state_put(to, device->kind->id);
    state_put(to, atomic_load(&device->status));
    state_put(to, atomic_load(&device->interrupts));
    state_put(to, device->features_select);
    state_put(to, device->driver_features_select);
    state_put(to, device->queue_select);
    state_put(to, device->driver_features);
    for (unsigned i = 0; i < device->kind->queues; i++)
        virtio_queue_save(&device->queue[i], to);
    if (device->kind->save)
        device->kind->save(device, to);
}

void
virtio_device_load(struct virtio_device *device, struct state_reader *from)
{
    if (state_get(from) != device->kind->id)
        from->failed = true;
    pthread_mutex_lock(&device->lock);
    atomic_store(&device->status, (unsigned)state_get_max(from, STATUS_MAX));
    atomic_store(&device->interrupts,
                 (unsigned)state_get_max(from, INTERRUPT_QUEUE | INTERRUPT_CONFIG));
    device->features_select = (uint32_t)state_get_max(from, UINT32_MAX);
    device->driver_features_select = (uint32_t)state_get_max(from, UINT32_MAX);
    device->queue_select = (uint32_t)state_get_max(from, UINT32_MAX);
    device->driver_features = state_get(from);
    for (unsigned i = 0; i < device->kind->queues; i++)
        virtio_queue_load(device, &device->queue[i], from);
    if (device->kind->load)
        device->kind->load(device, from);
    pthread_mutex_unlock(&device->lock);
    virtio_device_look_again(device);
}

void
virtio_device_look_again(struct virtio_device *device)
{
    for (unsigned i = 0; device->kind->serve && i < device->kind->queues; i++)
        atomic_store(&device->queue[i].waits_for_vcpu, true);
}

void
virtio_device_stats(const struct virtio_device *device, FILE *to)
{
    for (unsigned i = 0; i < device->kind->queues; i++) {
        uint64_t served = counter_read(&device->queue[i].served);
        char name[32];

        snprintf(name, sizeof(name), "%s %u", device->kind->name, i);
        if (served)
            fprintf(to, "  %-16s %12" PRIu64 "\n", name, served);
    }
}

int
virtio_slot_describe(void *fdt, unsigned slot)
{
    DEVICE_TREE_TRY(
        device_tree_node_begin(fdt, "virtio_mmio", BOARD_VIRTIO_BASE(slot), BOARD_VIRTIO_SIZE));
    DEVICE_TREE_TRY(fdt_property_string(fdt, "compatible", "virtio,mmio"));
    DEVICE_TREE_TRY(device_tree_interrupt(fdt, BOARD_VIRTIO_IRQ((uint32_t)slot)));
    return fdt_end_node(fdt);
}

/* The virtio memory balloon. */
#include "vmm/board/virtio_balloon.h"

#include <string.h>

#include "vmm/board/virtio_mmio.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

#define QUEUE_SIZE 128

#define F_DEFLATE_ON_OOM (1ULL << 2)
#define F_PAGE_REPORTING (1ULL << 5)

/* Queues (§5.5.2). Those of features that are not offered have no number. */
enum { INFLATE, DEFLATE, REPORTING, QUEUES };

/* A page of the balloon's is of this size, whatever the guest's are (§5.5.6). */
#define BALLOON_PAGE_SHIFT 12
#define BALLOON_PAGE_SIZE  (1UL << BALLOON_PAGE_SHIFT)

/* The most pages that are taken from one chain, so that a vCPU is not kept for long; drivers give
 * 256 or so. Of the others the host gets nothing back, which the guest does not notice. */
#define PAGES_MAX 1024

/* The configuration space (§5.5.4). */
struct balloon_config {
    uint32_t num_pages; /* that are asked for */
    uint32_t actual;    /* the driver's */
};

struct virtio_balloon {
    struct virtio_device device; /* first; its lock guards what follows */
    uint32_t asked;              /* pages */
    bool is_paused;              /* what is asked for is shown to the guest later */
};

static void
page_release(const struct guest_mem *mem, uint32_t number)
{
    void *page = guest_mem_slice(mem, (uint64_t)number << BALLOON_PAGE_SHIFT, BALLOON_PAGE_SIZE);

    if (page)
        guest_mem_release(mem, page, BALLOON_PAGE_SIZE);
}

/* The pages' numbers are little-endian words of 32 bits (§5.5.6.1). They may lie across buffers. */
static void
inflate(struct vm *vm, const struct virtqueue_chain *chain)
{
    uint8_t word[sizeof(uint32_t)];
    unsigned have = 0, pages = 0;

    for (unsigned i = 0; i < chain->readable; i++) {
        const volatile uint8_t *bytes = chain->part[i].iov_base;

        for (size_t at = 0; at < chain->part[i].iov_len && pages < PAGES_MAX; at++) {
            word[have++] = bytes[at];
            if (have == sizeof(word)) {
                uint32_t number;

                memcpy(&number, word, sizeof(number));
                page_release(&vm->mem, number);
                pages++;
                have = 0;
            }
        }
    }
}

/* A report's buffers are the free pages themselves. What is not whole pages stays. */
static void
report(struct vm *vm, const struct virtqueue_chain *chain)
{
    for (unsigned i = chain->readable; i < chain->count; i++)
        guest_mem_release(&vm->mem, chain->part[i].iov_base, chain->part[i].iov_len);
}

/* To take pages out of the balloon is to use them. */
static uint32_t
serve(struct virtio_device *device, unsigned number, struct virtqueue_chain *chain)
{
    if (number == INFLATE)
        inflate(device->vm, chain);
    else if (number == REPORTING)
        report(device->vm, chain);
    return 0;
}

/* `actual` is the driver's to write, all else is not. */
static void
config_stored(struct virtio_device *device, unsigned offset, unsigned len)
{
    const struct virtio_balloon *balloon = (struct virtio_balloon *)device;
    struct balloon_config config;

    (void)offset, (void)len;
    memcpy(&config, device->config, sizeof(config));
    config.num_pages = balloon->asked;
    memset(device->config, 0, sizeof(device->config));
    memcpy(device->config, &config, sizeof(config));
}

/* Shows the guest what is asked for. With the lock held. */
static void
asked_show(struct virtio_balloon *balloon)
{
    memcpy(balloon->device.config, &balloon->asked, sizeof(balloon->asked));
    virtio_config_changed(&balloon->device);
}

/* What the guest has been shown. */
static void
save(const struct virtio_device *device, struct state_writer *to)
{
    struct balloon_config config;

    memcpy(&config, device->config, sizeof(config));
    state_put(to, config.num_pages);
    state_put(to, config.actual);
}

static void
load(struct virtio_device *device, struct state_reader *from)
{
    struct balloon_config config;

    config.num_pages = (uint32_t)state_get_max(from, UINT32_MAX);
    config.actual = (uint32_t)state_get_max(from, UINT32_MAX);
    ((struct virtio_balloon *)device)->asked = config.num_pages;
    memcpy(device->config, &config, sizeof(config));
}

static const struct virtio_kind kind = {
    .name = "virtio-balloon",
    .id = VIRTIO_ID_BALLOON,
    .queues = QUEUES,
    .queue_size_max = QUEUE_SIZE,
    .serve = serve,
    .config_stored = config_stored,
    .save = save,
    .load = load,
};

struct virtio_device *
virtio_balloon_create(struct vm *vm, unsigned slot)
{
    return virtio_device_create(sizeof(struct virtio_balloon), &kind,
                                F_DEFLATE_ON_OOM | F_PAGE_REPORTING, vm, slot);
}

void
virtio_balloon_ask(struct virtio_balloon *balloon, uint64_t bytes)
{
    uint64_t pages = bytes >> BALLOON_PAGE_SHIFT;

    pthread_mutex_lock(&balloon->device.lock);
    balloon->asked = pages < UINT32_MAX ? (uint32_t)pages : UINT32_MAX;
    if (!balloon->is_paused)
        asked_show(balloon);
    pthread_mutex_unlock(&balloon->device.lock);
}

void
virtio_balloon_pause(struct virtio_device *device)
{
    pthread_mutex_lock(&device->lock);
    ((struct virtio_balloon *)device)->is_paused = true;
    pthread_mutex_unlock(&device->lock);
}

void
virtio_balloon_resume(struct virtio_device *device)
{
    struct virtio_balloon *balloon = (struct virtio_balloon *)device;

    pthread_mutex_lock(&device->lock);
    balloon->is_paused = false;
    if (memcmp(device->config, &balloon->asked, sizeof(balloon->asked)) != 0)
        asked_show(balloon);
    pthread_mutex_unlock(&device->lock);
}

uint64_t
virtio_balloon_bytes(struct virtio_balloon *balloon)
{
    struct balloon_config config;

    pthread_mutex_lock(&balloon->device.lock);
    memcpy(&config, balloon->device.config, sizeof(config));
    pthread_mutex_unlock(&balloon->device.lock);
    return (uint64_t)config.actual << BALLOON_PAGE_SHIFT;
}

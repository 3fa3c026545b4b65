/* The virtio console device. */
#include "vmm/board/virtio_console.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/board/virtio_mmio.h"
#include "vmm/device/console.h"
#include "vmm/device/console_lines.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

#define QUEUE_SIZE 64

enum { RECEIVE, TRANSMIT, QUEUES }; /* §5.3.2 */

struct virtio_console {
    struct virtio_device device; /* first */

    /* The driver has sent something since the machine began. */
    atomic_bool has_sent;

    /* Input that was taken from the console and waits for a buffer: of whoever serves RECEIVE. */
    char input[CONSOLE_UNREAD_MAX];
    size_t at, count;
};

/* The driver's buffers are there before the input is: taken only then, so that the UART gets what
 * nobody here waits for. And not before the driver has sent something: Linux's puts its buffers
 * first, and for a while drops what comes in them (in_intr() and add_port() of its
 * drivers/char/virtio_console.c), so that what was typed early, or all of a file, would be lost. */
static bool
is_ready(struct virtio_device *device, unsigned number)
{
    struct virtio_console *console = (struct virtio_console *)device;

    if (number != RECEIVE || console->count > 0)
        return true;
    if (!atomic_load(&console->has_sent))
        return false;
    console->at = 0;
    console->count =
        console_read(console_of(device->vm), console->input, sizeof(console->input)).value;
    return console->count > 0;
}

static uint32_t
receive(struct virtio_console *console, const struct virtqueue_chain *chain)
{
    uint32_t sum = 0;

    for (unsigned i = chain->readable; i < chain->count && console->count > 0; i++) {
        size_t len = chain->part[i].iov_len;

        if (len > console->count)
            len = console->count;
        memcpy(chain->part[i].iov_base, console->input + console->at, len);
        console->at += len;
        console->count -= len;
        sum += (uint32_t)len;
    }
    return sum;
}

/* What stdout does not take any more is lost, and was reported. */
static void
transmit(struct vm *vm, const struct virtqueue_chain *chain)
{
    for (unsigned i = 0; i < chain->readable; i++)
        console_write(console_of(vm), chain->part[i].iov_base, chain->part[i].iov_len);
}

static uint32_t
serve(struct virtio_device *device, unsigned number, struct virtqueue_chain *chain)
{
    if (number == RECEIVE)
        return receive((struct virtio_console *)device, chain);
    transmit(device->vm, chain);
    if (!atomic_exchange(&((struct virtio_console *)device)->has_sent, true))
        virtio_queue_serve(device, RECEIVE);
    return 0;
}

static void
input_came(void *arg)
{
    virtio_queue_serve(arg, RECEIVE);
}

static void
save(const struct virtio_device *device, struct state_writer *to)
{
    const struct virtio_console *console = (const struct virtio_console *)device;

    state_put(to, atomic_load(&console->has_sent));
    state_put_piece(to, console->input + console->at, console->count);
}

static void
load(struct virtio_device *device, struct state_reader *from)
{
    struct virtio_console *console = (struct virtio_console *)device;
    bool has_sent = state_get_max(from, 1);
    struct state_reader input = state_get_piece(from);

    if (input.failed || input.left > sizeof(console->input)) {
        from->failed = true;
        return;
    }
    atomic_store(&console->has_sent, has_sent);
    console->at = 0;
    console->count = console_lines_are_on() ? 0 : input.left; /* it was typed for the original */
    memcpy(console->input, input.at, console->count);
}

static const struct virtio_kind kind = {
    .name = "virtio-console",
    .id = VIRTIO_ID_CONSOLE,
    .queues = QUEUES,
    .queue_size_max = QUEUE_SIZE,
    .serve = serve,
    .is_ready = is_ready,
    .save = save,
    .load = load,
};

struct virtio_device *
virtio_console_create(struct vm *vm, unsigned slot)
{
    struct virtio_console *console = virtio_device_create(sizeof(*console), &kind, 0, vm, slot);

    if (!console)
        return NULL;
    console_taker_set(console_of(vm), input_came, console);
    return &console->device;
}

void
virtio_console_pause(struct virtio_device *device)
{
    console_taker_set(console_of(device->vm), NULL, NULL);
}

void
virtio_console_resume(struct virtio_device *device)
{
    console_taker_set(console_of(device->vm), input_came, device);
}

void
virtio_console_destroy(struct virtio_device *device)
{
    struct virtio_console *console = (struct virtio_console *)device;
    struct console *of = console_of(device->vm);

    console_taker_set(of, NULL, NULL);
    console_unread(of, console->input + console->at, console->count); /* for after a reset */
    free(console);
}

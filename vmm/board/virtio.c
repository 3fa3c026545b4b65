/*
 * The board's virtio devices: which slot each is in. A disk has the slot of its number; the devices
 * of `--virtio` come behind the disks'. What no device is in has device id 0 (VIRTIO 1.2 §4.2.2),
 * as on `virt`, and is not in the device tree.
 */
#include "vmm/board/virtio.h"

#include <stdlib.h>

#include "abi/hypercalls.h"
#include "vmm/board/board.h"
#include "vmm/board/virtio_balloon.h"
#include "vmm/board/virtio_blk.h"
#include "vmm/board/virtio_console.h"
#include "vmm/board/virtio_mmio.h"
#include "vmm/board/virtio_rng.h"
#include "vmm/device/device.h"
#include "vmm/device/disk.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

static const struct virtio_kind no_kind = {.name = "virtio, an empty slot"};

/* The slots of the devices of --virtio. */
#define SLOT_RNG     (DUET_DISKS + 0)
#define SLOT_CONSOLE (DUET_DISKS + 1)
#define SLOT_BALLOON (DUET_DISKS + 2)
_Static_assert(SLOT_BALLOON < BOARD_VIRTIO_SLOTS, "a slot for each");

struct virtio {
    struct virtio_blk *blk[DUET_DISKS]; /* NULL: there is no such disk */
    struct virtio_device *rng;          /* NULL, as the next two: it was not asked for */
    struct virtio_console *console;
    struct virtio_balloon *balloon;
    struct virtio_device empty[BOARD_VIRTIO_SLOTS];
};

static int
slot_fill(struct virtio *virtio, struct vm *vm, unsigned slot)
{
    struct disk *disk = slot < DUET_DISKS ? disk_find(vm, slot) : NULL;
    unsigned wanted = vm->options->virtio;

    if (disk) {
        virtio->blk[slot] = virtio_blk_create(vm, slot, disk);
        return virtio->blk[slot] ? 0 : -1;
    }
    if (slot == SLOT_RNG && wanted & OPTION_VIRTIO_RNG)
        return (virtio->rng = virtio_rng_create(vm, slot)) ? 0 : -1;
    if (slot == SLOT_CONSOLE && wanted & OPTION_VIRTIO_CONSOLE)
        return (virtio->console = virtio_console_create(vm, slot)) ? 0 : -1;
    if (slot == SLOT_BALLOON && wanted & OPTION_VIRTIO_BALLOON)
        return (virtio->balloon = virtio_balloon_create(vm, slot)) ? 0 : -1;
    virtio->empty[slot].kind = &no_kind;
    virtio->empty[slot].doorbell_fd = -1;
    return virtio_device_add(&virtio->empty[slot], vm, slot);
}

static int
create(struct vm *vm)
{
    struct virtio *virtio = calloc(1, sizeof(*virtio));

    if (!virtio)
        return fail_errno("memory for virtio");
    vm->device[DEVICE_virtio] = virtio;
    for (unsigned slot = 0; slot < BOARD_VIRTIO_SLOTS; slot++)
        if (slot_fill(virtio, vm, slot))
            return -1;
    return 0;
}

static void
destroy(struct vm *vm)
{
    struct virtio *virtio = vm->device[DEVICE_virtio];

    disks_stop(vm);
    for (unsigned slot = 0; slot < DUET_DISKS; slot++)
        if (virtio->blk[slot])
            virtio_blk_destroy(virtio->blk[slot]);
    if (virtio->console)
        virtio_console_destroy(virtio->console);
    free(virtio->rng);
    free(virtio->balloon);
    free(virtio);
    vm->device[DEVICE_virtio] = NULL;
}

struct virtio_balloon *
virtio_balloon_of(const struct vm *vm)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];

    return virtio ? virtio->balloon : NULL;
}

void
virtio_vcpu_kicked(const struct vcpu *vcpu)
{
    const struct virtio *virtio = vcpu->vm->device[DEVICE_virtio];

    if (!virtio || vcpu->id != 0)
        return;
    if (virtio->rng)
        virtio_device_go_on(virtio->rng);
    if (virtio->console)
        virtio_device_go_on((struct virtio_device *)virtio->console);
    if (virtio->balloon)
        virtio_device_go_on((struct virtio_device *)virtio->balloon);
}

static int
describe(const struct vm *vm, void *fdt)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];
    int error = 0;

    for (unsigned slot = 0; slot < BOARD_VIRTIO_SLOTS && !error; slot++)
        if (!virtio->empty[slot].kind)
            error = virtio_slot_describe(fdt, slot);
    return error;
}

static void
stats_print(const struct vm *vm, FILE *to)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];

    /* Each begins with its struct virtio_device. */
    if (virtio->rng)
        virtio_device_stats(virtio->rng, to);
    if (virtio->console)
        virtio_device_stats((const struct virtio_device *)virtio->console, to);
    if (virtio->balloon)
        virtio_device_stats((const struct virtio_device *)virtio->balloon, to);
}

const struct device device_virtio = {
    .name = "virtio",
    .is_board = true,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .stats_print = stats_print,
};

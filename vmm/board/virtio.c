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
#include "vmm/state/state_data.h"

static const struct virtio_kind no_kind = {.name = "virtio, an empty slot"};

/* The devices of --virtio, in the order of their slots. They have no threads. */
enum { OTHER_RNG, OTHER_CONSOLE, OTHER_BALLOON, OTHER_COUNT };
_Static_assert(DUET_DISKS + OTHER_COUNT <= BOARD_VIRTIO_SLOTS, "a slot for each");

static const struct {
    unsigned option; /* OPTION_VIRTIO_* */
    struct virtio_device *(*create)(struct vm *vm, unsigned slot);
    void (*destroy)(struct virtio_device *device); /* NULL: free() is enough */
    /* Other threads than the vCPUs' change nothing of it meanwhile. NULL: they never do. */
    void (*pause)(struct virtio_device *device);
    void (*resume)(struct virtio_device *device);
} others[OTHER_COUNT] = {
    [OTHER_RNG] = {OPTION_VIRTIO_RNG, virtio_rng_create, NULL, NULL, NULL},
    [OTHER_CONSOLE] = {OPTION_VIRTIO_CONSOLE, virtio_console_create, virtio_console_destroy,
                       virtio_console_pause, virtio_console_resume},
    [OTHER_BALLOON] = {OPTION_VIRTIO_BALLOON, virtio_balloon_create, NULL, virtio_balloon_pause,
                       virtio_balloon_resume},
};

struct virtio {
    struct virtio_blk *blk[DUET_DISKS];       /* NULL: there is no such disk */
    struct virtio_device *other[OTHER_COUNT]; /* NULL: it was not asked for */
    struct virtio_device empty[BOARD_VIRTIO_SLOTS];
};

static int
slot_fill(struct virtio *virtio, struct vm *vm, unsigned slot)
{
    struct disk *disk = slot < DUET_DISKS ? disk_find(vm, slot) : NULL;
    unsigned other = slot - DUET_DISKS;

    if (disk) {
        virtio->blk[slot] = virtio_blk_create(vm, slot, disk);
        return virtio->blk[slot] ? 0 : -1;
    }
    if (slot >= DUET_DISKS && other < OTHER_COUNT && vm->options->virtio & others[other].option) {
        virtio->other[other] = others[other].create(vm, slot);
        return virtio->other[other] ? 0 : -1;
    }
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
    for (unsigned i = 0; i < OTHER_COUNT; i++) {
        if (virtio->other[i] && others[i].destroy)
            others[i].destroy(virtio->other[i]);
        else
            free(virtio->other[i]);
    }
    free(virtio);
    vm->device[DEVICE_virtio] = NULL;
}

struct virtio_balloon *
virtio_balloon_of(const struct vm *vm)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];

    return virtio ? (struct virtio_balloon *)virtio->other[OTHER_BALLOON] : NULL;
}

void
virtio_vcpu_kicked(const struct vcpu *vcpu)
{
    const struct virtio *virtio = vcpu->vm->device[DEVICE_virtio];

    if (!virtio || vcpu->id != 0)
        return;
    for (unsigned i = 0; i < OTHER_COUNT; i++)
        if (virtio->other[i])
            virtio_device_go_on(virtio->other[i]);
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

    for (unsigned i = 0; i < OTHER_COUNT; i++)
        if (virtio->other[i])
            virtio_device_stats(virtio->other[i], to);
}

static void
pause_others(struct vm *vm)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];

    for (unsigned i = 0; i < OTHER_COUNT; i++)
        if (virtio->other[i] && others[i].pause)
            others[i].pause(virtio->other[i]);
}

static void
resume_others(struct vm *vm)
{
    const struct virtio *virtio = vm->device[DEVICE_virtio];

    for (unsigned i = 0; i < OTHER_COUNT; i++)
        if (virtio->other[i]) {
            if (others[i].resume)
                others[i].resume(virtio->other[i]);
            virtio_device_look_again(virtio->other[i]);
        }
}

static struct virtio_device *
slot_device(struct virtio *virtio, unsigned slot)
{
    if (virtio->empty[slot].kind)
        return &virtio->empty[slot];
    return slot < DUET_DISKS ? virtio_blk_device(virtio->blk[slot])
                             : virtio->other[slot - DUET_DISKS];
}

static int
save(struct vm *vm, struct state_writer *to)
{
    for (unsigned slot = 0; slot < BOARD_VIRTIO_SLOTS; slot++)
        virtio_device_save(slot_device(vm->device[DEVICE_virtio], slot), to);
    return 0;
}

/* The disks' thread is paused since their state was loaded (device/disk.c). */
static int
load(struct vm *vm, struct state_reader *from)
{
    for (unsigned slot = 0; slot < BOARD_VIRTIO_SLOTS; slot++)
        virtio_device_load(slot_device(vm->device[DEVICE_virtio], slot), from);
    return 0;
}

const struct device device_virtio = {
    .name = "virtio",
    .is_board = true,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .stats_print = stats_print,
    .pause = pause_others,
    .resume = resume_others,
    .save = save,
    .load = load,
};

/*
 * The guest's disks (abi/disk.h): the device and its hypercalls. From the top down:
 *
 *     disk.c           the device: all disks
 *     disk_io.c        their thread, which has the host's kernel serve requests by io_uring
 *     disk_request.c   a disk, and a request to it in terms of the host's kernel
 *     disk_queue.c     where Duet's requests come from, and what they mean
 *     queue.c          how they come and completions go
 *     disk_file.c      the images
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "abi/disk.h"
#include "vmm/call/hypercall.h"
#include "vmm/device/device.h"
#include "vmm/device/disk.h"
#include "vmm/device/disk_file.h"
#include "vmm/device/disk_io.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"
#include "vmm/trace/counter.h"

static void
disks_destroy(struct disks *disks)
{
    disk_io_stop(disks);
    if (disks->doorbell_fd >= 0)
        close(disks->doorbell_fd);
    for (unsigned number = 0; number < disks->count; number++) {
        disk_queue_destroy(disks->queue[number]);
        free(disks->queue[number]);
        free(disks->disk[number]);
    }
    free(disks);
}

/* Adds a disk. Returns 0, or -1 after a message. */
static int
disk_add(struct disks *disks, struct vm *vm, const struct image_file *file)
{
    struct disk *disk = calloc(1, sizeof(*disk));
    struct disk_queue *queue = calloc(1, sizeof(*queue));
    unsigned number = disks->count;

    if (!disk || !queue) {
        free(disk);
        free(queue);
        return fail_errno("memory for a disk");
    }
    disks->disk[number] = disk;
    disks->queue[number] = queue;
    disks->count++;
    disk_init(disk, vm, number, file);
    return disk_queue_create(queue, disk, number, disks->doorbell_fd);
}

/* Creates the disks for these images, with the thread that serves them. NULL after a message. */
static struct disks *
disks_create(struct vm *vm, const struct image_file *file, unsigned count)
{
    struct disks *disks = calloc(1, sizeof(*disks));

    if (!disks) {
        fail_errno("memory for the disks");
        return NULL;
    }
    disks->uring.ring_fd = -1;
    pthread_mutex_init(&disks->lock, NULL);
    pthread_cond_init(&disks->paused_changed, NULL);
    disks->doorbell_fd = eventfd(0, EFD_CLOEXEC);
    if (disks->doorbell_fd < 0) {
        fail_errno("eventfd");
    } else {
        while (disks->count < count && disk_add(disks, vm, &file[disks->count]) == 0)
            ;
        if (disks->count == count && disk_io_start(disks) == 0)
            return disks;
    }
    disks_destroy(disks);
    return NULL;
}

static int
create(struct vm *vm)
{
    if (disk_file_count)
        vm->device[DEVICE_disk] = disks_create(vm, image_files, disk_file_count);
    return disk_file_count && !vm->device[DEVICE_disk] ? -1 : 0;
}

static void
destroy(struct vm *vm)
{
    disks_destroy(vm->device[DEVICE_disk]);
    vm->device[DEVICE_disk] = NULL;
}

static void
look(struct vm *vm, uint64_t enabled)
{
    struct disks *disks = vm->device[DEVICE_disk];

    (void)enabled;
    for (unsigned number = 0; disks && number < disks->count; number++)
        queue_look(&disks->queue[number]->queue);
}

static void
counts_print(const struct vm *vm, FILE *to)
{
    const struct disks *disks = vm->device[DEVICE_disk];

    for (unsigned number = 0; disks && number < disks->count; number++) {
        const struct disk *disk = disks->disk[number];

        for (unsigned op = 0; op < DISK_OPS; op++)
            if (counter_read(&disk->count[op]))
                fprintf(to, "  %s %-9s %12" PRIu64 " %12s %12" PRIu64 "\n", disk->name,
                        disk_op_name[op], counter_read(&disk->count[op]), "",
                        counter_read(&disk->bytes[op]));
    }
}

static void
pause_disks(struct vm *vm)
{
    if (vm->device[DEVICE_disk])
        disk_io_pause(vm->device[DEVICE_disk]);
}

static void
resume_disks(struct vm *vm)
{
    if (vm->device[DEVICE_disk])
        disk_io_resume(vm->device[DEVICE_disk]);
}

static int
save(struct vm *vm, struct state_writer *to)
{
    const struct disks *disks = vm->device[DEVICE_disk];
    unsigned count = disks ? disks->count : 0;

    state_put(to, count);
    for (unsigned number = 0; number < count; number++) {
        if (image_file_mark_save(disks->disk[number]->file, to))
            return -1;
        queue_save(&disks->queue[number]->queue, &vm->mem, to);
    }
    return 0;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    struct disks *disks = vm->device[DEVICE_disk];
    unsigned count = (unsigned)state_get_max(from, DUET_DISKS);
    int failed = 0;

    if (!from->failed && count != disk_file_count)
        return fail("the machine that was saved has %u disks: name as many with --disk", count);
    pause_disks(vm); /* it is the thread's that is set */
    for (unsigned number = 0; number < count && !failed; number++) {
        failed = image_file_mark_check(disks->disk[number]->file, from);
        queue_load(&disks->queue[number]->queue, &vm->mem, from);
    }
    return failed; /* no request is served before the machine starts: it may yet not be ours */
}

static int
start(struct vm *vm)
{
    resume_disks(vm);
    return 0;
}

struct disk *
disk_find(const struct vm *vm, uint64_t number)
{
    const struct disks *disks = vm->device[DEVICE_disk];

    return disks && number < disks->count ? disks->disk[number] : NULL;
}

int
disks_doorbell_fd(const struct vm *vm)
{
    const struct disks *disks = vm->device[DEVICE_disk];

    return disks->doorbell_fd;
}

void
disks_stop(struct vm *vm)
{
    if (vm->device[DEVICE_disk])
        disk_io_stop(vm->device[DEVICE_disk]);
}

struct sbi_ret
hc_disk_info(struct vcpu *vcpu, uint64_t number, void *info, uint64_t info_len)
{
    const struct disk *disk = disk_find(vcpu->vm, number);
    struct duet_disk_info ours = {.queue_max = DUET_DISK_QUEUE_MAX};

    if (!disk)
        return sbi_error(DUET_ERR_NO_DEVICE);
    ours.bytes = disk->file->bytes;
    ours.flags = disk->file->read_only ? DUET_DISK_IS_READ_ONLY : 0;
    if (info_len > sizeof(ours))
        info_len = sizeof(ours);
    memcpy(info, &ours, info_len);
    return sbi_value(info_len);
}

struct sbi_ret
hc_disk_start(struct vcpu *vcpu, uint64_t number, uint64_t size, const void *queue,
              uint64_t queue_len)
{
    struct disks *disks = vcpu->vm->device[DEVICE_disk];

    if (!disk_find(vcpu->vm, number))
        return sbi_error(DUET_ERR_NO_DEVICE);
    return queue_start(&disks->queue[number]->queue, size, queue, queue_len);
}

static int
open_images(const struct options *options)
{
    (void)options; /* --disk is the device's own */
    return disk_files_open();
}

const struct device device_disk = {
    .name = "disks",
    .options = &disk_options,
    .open = open_images,
    .close = disk_files_close,
    .thread = &disk_io_thread_kind,
    .owner_calls = &disk_io_start_calls,
    .create = create,
    .start = start,
    .destroy = destroy,
    .look = look,
    .stats_print = counts_print,
    .pause = pause_disks,
    .resume = resume_disks,
    .save = save,
    .load = load,
};

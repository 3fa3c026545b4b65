/* The virtio entropy device. */
#include "vmm/board/virtio_rng.h"

#include <errno.h>
#include <sys/random.h>

#include "vmm/board/virtio_mmio.h"
#include "vmm/machine/vm.h"

#define QUEUE_SIZE 16

/* The most bytes for one chain, so that a vCPU is not kept for long. A driver asks again for more
 * (§5.4.6.1: the device may use less than the buffer). */
#define BYTES_MAX 4096

/* What is to be read in the chain is ignored. */
static uint32_t
serve(struct virtio_device *device, unsigned number, struct virtqueue_chain *chain)
{
    size_t sum = 0;

    (void)number;
    for (unsigned i = chain->readable; i < chain->count && sum < BYTES_MAX; i++) {
        size_t len = chain->part[i].iov_len, done = 0;

        if (len > BYTES_MAX - sum)
            len = BYTES_MAX - sum;
        while (done < len && !atomic_load(&device->vm->ending.how)) {
            ssize_t got = getrandom((char *)chain->part[i].iov_base + done, len - done, 0);

            if (got < 0 && errno != EINTR)
                return (uint32_t)(sum + done);
            done += got > 0 ? (size_t)got : 0;
        }
        sum += done;
    }
    return (uint32_t)sum;
}

static const struct virtio_kind kind = {
    .name = "virtio-rng",
    .id = VIRTIO_ID_ENTROPY,
    .queues = 1,
    .queue_size_max = QUEUE_SIZE,
    .serve = serve,
};

struct virtio_device *
virtio_rng_create(struct vm *vm, unsigned slot)
{
    return virtio_device_create(sizeof(struct virtio_device), &kind, 0, vm, slot);
}

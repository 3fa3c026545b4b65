//@ create vmm/device/adder.c
/* Lab 05: two adders on the bus, side by side. A store adds what is stored to a sum. */
#include <pthread.h>
#include <stdlib.h>

#include "vmm/device/bus.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

#define ADDERS 2
#define BASE   @BASE@
#define SIZE   0x20

enum { ID = 0x00, ADD = 0x08, SUM = 0x10, COUNT = 0x18 };

struct adder {
    uint32_t id;
    pthread_mutex_t lock; /* guards what follows: each vCPU has a thread of its own */
    uint64_t sum;
    uint32_t count; /* of what was added since the sum was set */
};

static bool
adder_store(struct adder *adder, const struct bus_access *access)
{
    unsigned shift = 64 - 8 * access->len;

    if (access->offset == ADD) {
        adder->sum @OPERATION@= (uint64_t)((int64_t)(access->data << shift) >> shift);
        adder->count++;
        return true;
    }
    if (access->offset == SUM && access->len == 8) {
        adder->sum = access->data;
        adder->count = 0;
        return true;
    }
    return false;
}

static bool
adder_load(const struct adder *adder, struct bus_access *access)
{
    if (access->offset >= SUM && access->offset + access->len <= SUM + 8)
        access->data = adder->sum >> 8 * (access->offset - SUM);
    else if (access->offset == ID && access->len == 4)
        access->data = adder->id;
    else if (access->offset == COUNT && access->len == 4)
        access->data = adder->count;
    else
        return false;
    return true;
}

static bool
adder_serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct adder *adder = device;
    bool served;

    (void)vcpu;
    pthread_mutex_lock(&adder->lock);
    served = access->is_store ? adder_store(adder, access) : adder_load(adder, access);
    pthread_mutex_unlock(&adder->lock);
    return served;
}

static int
adder_create(struct vm *vm)
{
    struct adder *adders = calloc(ADDERS, sizeof(*adders));

    if (!adders)
        return fail("no memory for the adders");
    vm->device[DEVICE_adder] = adders;
    for (unsigned i = 0; i < ADDERS; i++) {
        const struct bus_range range = {BASE + i * SIZE, SIZE, adder_serve, &adders[i]};

        adders[i].id = @ID@ + i;
        pthread_mutex_init(&adders[i].lock, NULL);
        if (bus_add(&vm->bus, &range))
            return -1;
    }
    return 0;
}

static void
adder_destroy(struct vm *vm)
{
    free(vm->device[DEVICE_adder]);
    vm->device[DEVICE_adder] = NULL;
}

const struct device device_adder = {
    .name = "adder", .create = adder_create, .destroy = adder_destroy};
//@ substitute vmm/device/device.h DEVICE(console, DUET_EVENT_CONSOLE | DUET_EVENT_CONSOLE_SIZE) => DEVICE(console, DUET_EVENT_CONSOLE | DUET_EVENT_CONSOLE_SIZE) \\n    DEVICE(adder, 0)

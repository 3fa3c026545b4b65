/* Operations on all devices, one device after the other. */
#include <argp.h>
#include <stddef.h>
#include <string.h>

#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/state_data.h"

#define DEVICE_EVENTS_SUM_(name, events) +(uint64_t)(events)
#define DEVICE_EVENTS_OR_(name, events)  | (uint64_t)(events)
_Static_assert((0 DEVICES(DEVICE_EVENTS_SUM_)) == DUET_EVENTS &&
                   (0 DEVICES(DEVICE_EVENTS_OR_)) == DUET_EVENTS,
               "each event is one device's, and that one says so in the list of devices");

#define DEVICE_POINTER_(name, events) &device_##name,
static const struct device *const list[DEVICE_COUNT] = {DEVICES(DEVICE_POINTER_)};

const struct argp_child *
devices_options(void)
{
    static struct argp_child children[DEVICE_COUNT + 1];
    unsigned count = 0;

    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (list[i]->options)
            children[count++] = (struct argp_child){.argp = list[i]->options};
    return children;
}

int
devices_open(const struct options *options)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        sandbox_allow(list[i]->thread, list[i]->vcpu_calls, list[i]->owner_calls);
        if (list[i]->open && list[i]->open(options)) {
            devices_close();
            return -1;
        }
    }
    return 0;
}

void
devices_close(void)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (list[i]->close)
            list[i]->close();
}

/* Whether the machine has this device. */
static bool
has(const struct vm *vm, const struct device *device)
{
    return !device->is_board || vm->options->board;
}

int
devices_create(struct vm *vm)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->create && list[i]->create(vm))
            return -1;
    return 0;
}

int
devices_start(struct vm *vm)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->start && list[i]->start(vm))
            return -1;
    return 0;
}

void
devices_destroy(struct vm *vm)
{
    for (unsigned i = DEVICE_COUNT; i-- > 0;)
        if (list[i]->destroy && vm->device[i])
            list[i]->destroy(vm);
}

const char *
devices_stdout_path(const struct vm *vm)
{
    for (unsigned i = DEVICE_COUNT; i-- > 0;)
        if (has(vm, list[i]) && list[i]->stdout_path)
            return list[i]->stdout_path;
    return NULL;
}

int
devices_describe(const struct vm *vm, bool of_board, void *fdt)
{
    int error = 0;

    for (unsigned i = 0; i < DEVICE_COUNT && !error; i++)
        if (list[i]->is_board == of_board && has(vm, list[i]) && list[i]->describe)
            error = list[i]->describe(vm, fdt);
    return error;
}

void
devices_look(struct vm *vm, uint64_t enabled)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->look)
            list[i]->look(vm, enabled);
}

void
devices_stats_print(const struct vm *vm, FILE *to)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->stats_print)
            list[i]->stats_print(vm, to);
}

void
devices_pause(struct vm *vm)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->pause)
            list[i]->pause(vm);
}

void
devices_resume(struct vm *vm)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++)
        if (has(vm, list[i]) && list[i]->resume)
            list[i]->resume(vm);
}

int
devices_save(struct vm *vm, struct state_writer *to)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        size_t piece;

        if (!has(vm, list[i]))
            continue;
        state_put_piece(to, list[i]->name, strlen(list[i]->name));
        piece = state_piece_begin(to);
        if (list[i]->save && list[i]->save(vm, to))
            return -1;
        state_piece_end(to, piece);
    }
    return 0;
}

int
devices_load(struct vm *vm, const char *path, struct state_reader *from)
{
    for (unsigned i = 0; i < DEVICE_COUNT; i++) {
        struct state_reader name, state;
        const unsigned char *text;
        size_t len;

        if (!has(vm, list[i]))
            continue;
        name = state_get_piece(from);
        state = state_get_piece(from);
        len = name.left;
        text = state_get_padded(&name, len);
        if (!text || len != strlen(list[i]->name) || memcmp(text, list[i]->name, len) != 0)
            return fail("%s: was saved by a duet with other devices: this one has \"%s\" next",
                        path, list[i]->name);
        if (list[i]->load && list[i]->load(vm, &state))
            return -1;
        if (!state_is_read(&state))
            return fail("%s: the state of \"%s\" in it cannot be", path, list[i]->name);
    }
    return state_is_read(from) ? 0 : fail("%s: was saved by a duet with more devices", path);
}

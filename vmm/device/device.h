/*
 * The interface of the devices, and the list of them: Duet's own, and those of the board
 * (board/board.h), which are there with --board only. To add one of Duet's own:
 *
 *   1. its lines in abi/: its events, its hypercalls, what they exchange;
 *   2. its file here: its state, the handlers of its hypercalls, and `device_NAME`, which says what
 *      the rest of duet has to know of it;
 *   3. its line in the list below.
 *
 * Only a device's own file uses its state: vm->device[DEVICE_NAME], which device_NAME.create has
 * made.
 */
#ifndef DUET_VMM_DEVICE_H
#define DUET_VMM_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "abi/hypercalls.h"

/* The list: DEVICE(name, its events). Each event is one device's. They are created and started in
 * this order, and destroyed the other way round. */
#define DEVICES(DEVICE)                                                                            \
    DEVICE(power, DUET_EVENT_SHUTDOWN)                                                             \
    DEVICE(generation, DUET_EVENT_RESTORED)                                                        \
    DEVICE(disk, DUET_EVENT_DISKS)                                                                 \
    DEVICE(console, DUET_EVENT_CONSOLE | DUET_EVENT_CONSOLE_SIZE)                                  \
    DEVICE(plic, 0)                                                                                \
    DEVICE(uart, 0)                                                                                \
    DEVICE(test_device, 0)                                                                         \
    DEVICE(rtc, 0)                                                                                 \
    DEVICE(virtio, 0)                                                                              \
    DEVICE(flash, 0)                                                                               \
    DEVICE(clint, 0)

struct argp;
struct argp_child;
struct options;
struct sandbox_group;
struct sandbox_kind;
struct state_reader;
struct state_writer;
struct vm;

/* What a device does not need is NULL. */
struct device {
    const char *name; /* one or two words */
    bool is_board;    /* it is the board's: the machine's part is called with --board only */

    /* The process's part: it outlives a reset. */

    /* The device's options, beside those in options.c; what they say is kept in the device's file.
     */
    const struct argp *options;
    /* Opens what the options name. Later no path can be opened (sandbox.h). 0, or -1 after saying
     * why; what was opened is closed again then. */
    int (*open)(const struct options *options);
    void (*close)(void);
    /* The filter of the device's own thread. */
    const struct sandbox_kind *thread;

    /* The system calls that the handlers of its hypercalls make, on a vCPU's thread, and those that
     * create, start and destroy make, on the owner's; besides what these threads may do anyway
     * (sandbox.c). */
    const struct sandbox_group *vcpu_calls, *owner_calls;

    /* The machine's part. It is called on the owner's thread, unless another one is named. */

    /* Makes the device's state: sets vm->device[]. The machine has RAM, vCPUs and events, and does
     * not run yet. 0, or -1 after saying why; it is destroyed then if vm->device[] is set. */
    int (*create)(struct vm *vm);
    /* Does what has to wait until the owner has its filter, before the guest's first instruction.
     * 0, or -1 after saying why. */
    int (*start)(struct vm *vm);
    /* Ends its threads and frees its state. The vCPUs' threads have ended, or never ran. */
    void (*destroy)(struct vm *vm);
    /* The path of the device's node in the device tree, if it is the guest's console. The last of
     * the devices that have one counts. */
    const char *stdout_path;
    /* Adds the device's nodes below /hypervisor, or those of the board's below /soc, by libfdt's
     * calls that write a tree in order. 0, or libfdt's error. It may be called again for the same
     * tree. */
    int (*describe)(const struct vm *vm, void *fdt);
    /* The guest selects `enabled`, DUET_EVENT_*: sets the levels of the device's events as their
     * causes are now. On a vCPU's thread. */
    void (*look)(struct vm *vm, uint64_t enabled);
    /* Prints what it did, for --stats, in lines indented by two blanks. While the machine runs,
     * too.
     */
    void (*stats_print)(const struct vm *vm, FILE *to);
    /* The harts are paused: finishes what it has begun, such as writes to RAM, and begins nothing
     * new; until it may go on. */
    void (*pause)(struct vm *vm);
    void (*resume)(struct vm *vm);
    /* Its state in a snapshot (state/snapshot.h), of a machine that is paused: writes it, and puts
     * it into a device that was created and not started. Nothing that it reads is trusted; what is
     * left over or missing is for the caller to see. 0, or -1 after saying why. */
    int (*save)(struct vm *vm, struct state_writer *to);
    int (*load)(struct vm *vm, struct state_reader *from);
};

#define DEVICE_DECLARE_(name, events) extern const struct device device_##name;
DEVICES(DEVICE_DECLARE_)

/* DEVICE_<name>, from 0 to DEVICE_COUNT - 1. */
#define DEVICE_NUMBER_(name, events) DEVICE_##name,
enum { DEVICES(DEVICE_NUMBER_) DEVICE_COUNT };

/* The same for all devices; those that return something stop at the first that fails. */

/* All options, for argp; an array that ends with zeroes. */
const struct argp_child *devices_options(void);
/* Also tells the sandbox of their system calls. */
int devices_open(const struct options *options);
void devices_close(void);
int devices_create(struct vm *vm);
int devices_start(struct vm *vm);
void devices_destroy(struct vm *vm);
/* The path for /chosen. */
const char *devices_stdout_path(const struct vm *vm);
/* Those of the board, or all others. */
int devices_describe(const struct vm *vm, bool of_board, void *fdt);
void devices_look(struct vm *vm, uint64_t enabled);
void devices_stats_print(const struct vm *vm, FILE *to);
void devices_pause(struct vm *vm);
void devices_resume(struct vm *vm);
/* Those of all devices that the machine has, each behind its name. `path` is the file, for
 * messages. */
int devices_save(struct vm *vm, struct state_writer *to);
int devices_load(struct vm *vm, const char *path, struct state_reader *from);

#endif

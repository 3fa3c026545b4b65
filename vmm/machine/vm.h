/*
 * One virtual machine: what all its vCPUs share.
 *
 * Locks: `events`, `ending`, `stopped`, `pause`, `saving`, `migrating` and the devices have their
 * own. All else is set before the first vCPU runs and only read from then on.
 */
#ifndef DUET_VMM_VM_H
#define DUET_VMM_VM_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/boot/elf_image.h"
#include "vmm/device/bus.h"
#include "vmm/device/device.h"
#include "vmm/device/event.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/guest_mem.h"
#include "vmm/guest/hold.h"
#include "vmm/guest/migrating.h"
#include "vmm/guest/pause.h"
#include "vmm/guest/saving.h"
#include "vmm/machine/stopped.h"
#include "vmm/machine/vcpu.h"
#include "vmm/options.h"
#include "vmm/trace/trace.h"

/* What a VM needs of the host's files, besides its ELF file and what its devices have opened; open
 * for as long as duet runs. */
struct vm_files {
    int kvm_fd;
    int initrd_fd; /* -1: no RAM disk */
    int dtb_fd;    /* where the device tree is written to; -1: nowhere */
};

struct snapshot;

struct vm {
    const struct options *options;
    const struct elf_image *image;
    const struct vm_files *files;
    struct trace *trace; /* NULL: off */

    int fd;
    int stats_fd; /* KVM's counters of the VM; -1: none */
    struct guest_mem mem;
    struct debugger *debugger; /* NULL: none */
    struct bus bus;
    struct events events;
    void *device[DEVICE_COUNT];        /* the state of each; NULL: none */
    struct machine_mode *machine_mode; /* NULL: the guest begins in S-mode */
    unsigned vcpu_count;               /* of vcpu[], which is at the end */
    sem_t gate;                        /* posted for each vCPU when they may run */
    unsigned started;                  /* vCPUs that have a thread; the owner's */
    struct ending ending;
    struct pause pause;
    struct stopped stopped;
    struct holding holding;
    struct saving saving;
    struct migrating migrating;

    struct vcpu vcpu[CPUS_MAX]; /* large: those that are not used are never touched */
};

/* Opens what the options name, also for the devices. 0, or -1 after saying why. */
int vm_files_open(struct vm_files *files, const struct options *options);
void vm_files_close(struct vm_files *files);

/* Creates the VM with its vCPUs, loads the image and the device tree, and sets the boot state
 * (SBI 2.0 §9: hart id in a0, the device tree's address in a1); or, unless `snapshot` is NULL,
 * restores what is saved there. With --dtb the device tree is also written to its file. 0, or -1
 * after saying why. */
int vm_create(struct vm *vm, const struct options *options, const struct elf_image *image,
              const struct vm_files *files, const struct snapshot *snapshot, struct trace *trace);

/* Lets the vCPUs run, each on a thread of its own. If that fails, the VM ends after saying why. The
 * owner is sent VCPU_KICK_SIGNAL when the VM ends and when a thread ends. It has that signal
 * blocked, and the threads inherit the signals that it has blocked. */
void vm_start(struct vm *vm);

/* Whether all of the vCPUs' threads have ended. On the owner. Once they have, `ending` says how the
 * machine ended: a reported death counts, even if another hart powered off during the report. */
bool vm_join(struct vm *vm);

/* Takes the VM apart. Its vCPUs' threads have ended. */
void vm_destroy(struct vm *vm);

#endif

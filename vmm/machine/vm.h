/*
 * One virtual machine: what all its vCPUs share.
 *
 * Locks: `console` and `events` have their own. `ended` is atomic; for `died` see there. All else
 * is set before the first vCPU runs and only read from then on.
 */
#ifndef DUET_VMM_VM_H
#define DUET_VMM_VM_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/boot/elf_image.h"
#include "vmm/device/console.h"
#include "vmm/device/disk.h"
#include "vmm/device/event.h"
#include "vmm/guest/guest_mem.h"
#include "vmm/machine/vcpu.h"
#include "vmm/options.h"
#include "vmm/trace/trace.h"

/* Exit statuses of duet's own; the guest has 0 to DUET_STATUS_MAX. */
#define STATUS_GUEST_DIED 126
#define STATUS_FAILED     127

/* What a VM needs of the host's files, besides its ELF file; open for as long as duet runs. */
struct vm_files {
    int kvm_fd;
    int initrd_fd; /* -1: no RAM disk */
    struct disk_file disk[DUET_DISKS];
};

struct vm {
    const struct options *options;
    const struct elf_image *image;
    const struct vm_files *files;
    struct trace *trace; /* NULL: off */

    int fd;
    int stats_fd; /* KVM's counters of the VM; -1: none */
    struct guest_mem mem;
    struct debugger *debugger; /* NULL: none */
    struct console console;
    struct events events;
    struct disks *disks; /* NULL: none */
    unsigned vcpu_count; /* of vcpu[], which is at the end */
    sem_t gate;          /* posted for each vCPU when they may run */
    unsigned started;    /* vCPUs that have a thread; the owner's */
    pid_t owner;         /* the thread that created the VM, and waits for its end */

    /* How it ended: 0 while it runs, else VM_ENDED, with VM_RESET or a status. The first end
     * counts. */
    atomic_uint ended;
    bool died; /* its death was reported; the report's lock guards it */

    struct vcpu vcpu[CPUS_MAX]; /* large: those that are not used are never touched */
};

#define VM_ENDED       0x100u
#define VM_RESET       0x200u
#define VM_STATUS_MASK 0xffu

/* Opens what the options name. 0, or -1 after saying why. */
int vm_files_open(struct vm_files *files, const struct options *options);
void vm_files_close(struct vm_files *files);

/* Creates the VM with its vCPUs, loads the image and the device tree, and sets the boot state
 * (SBI 2.0 §9: hart id in a0, the device tree's address in a1). 0, or -1 after saying why. */
int vm_create(struct vm *vm, const struct options *options, const struct elf_image *image,
              const struct vm_files *files, struct trace *trace);

/* Lets the vCPUs run, a thread each; the VM ends, after saying why, if that fails. The owner is
 * sent VCPU_KICK_SIGNAL when the VM is ended and when a thread has; it has that blocked, and its
 * threads have blocked what it has. */
void vm_start(struct vm *vm);

/* Whether all of the vCPUs' threads have ended; on the owner. Then `ended` says how: a death that
 * was reported counts, though another hart may have powered off during the report. */
bool vm_join(struct vm *vm);

void vm_destroy(struct vm *vm);

/* Ends the VM with this exit status: every vCPU leaves the guest. From any thread. */
void vm_end(struct vm *vm, unsigned status);

/* The same, to be started again from the beginning; a VM that was asked to end ends with 0. */
void vm_reset(struct vm *vm);

/* Asks the guest to power off. False if it does not listen to that, or was asked already: end it
 * then. From any thread. */
bool vm_ask_to_end(struct vm *vm);

/* Kicks every vCPU that runs. From any thread. A kick that comes just before a system call that
 * waits is lost: once the VM has ended, repeat it until vm_join() is true. */
void vm_kick(struct vm *vm);

#endif

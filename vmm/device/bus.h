/*
 * The bus finds the device for a guest's access that is neither to RAM nor taken by KVM (MMIO). KVM
 * decodes plain integer loads and stores, aligned and of 1, 2, 4 or 8 bytes; other instructions
 * never get here. An access to an address without a device raises the guest's access fault
 * (Privileged 1.12 §4.1.8), as on real hardware.
 *
 * Ranges are added before the first vCPU runs, and only read from then on. The board's devices
 * (board/board.h) add theirs; the guest reaches Duet's own by hypercalls and queues. Two things are
 * not on the bus because no MMIO exit comes for them:
 *
 *   - a store to a device's doorbell, which KVM takes by itself (queue.h). Any other access to that
 *     page is one to an address without a device;
 *   - a fetch from an address without memory (fetch_fault.h). KVM_RUN then fails, without an exit
 *     that has the address. No device could answer, because KVM takes no instruction from the VMM.
 */
#ifndef DUET_VMM_BUS_H
#define DUET_VMM_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;
struct vm;

struct bus_access {
    uint64_t offset; /* bytes from the start of the range */
    unsigned len;    /* bytes: 1, 2, 4 or 8 */
    bool is_store;
    uint64_t data;       /* the low `len` bytes: what is stored, or 0 for a load to be filled in */
    const char *outcome; /* what the trace says of it, in words */
    char text[48];       /* where bus_describe() writes them */
};

struct bus_range {
    uint64_t base, size; /* guest physical, bytes; the size is not 0 */
    /* Serves an access that lies wholly in the range, on the vCPU's thread, several at once when
     * there are several vCPUs. False if the device has nothing at this offset, of this size, or for
     * this direction. */
    bool (*serve)(struct vcpu *vcpu, void *device, struct bus_access *access);
    void *device; /* handed to `serve` */
};

#define BUS_RANGES_MAX 32

struct bus {
    unsigned count;
    struct bus_range range[BUS_RANGES_MAX];
};

/* Adds a range. 0, or -1 after saying why: it lies over another one, or there are BUS_RANGES_MAX.
 */
int bus_add(struct bus *bus, const struct bus_range *range);

/* What the access is, for the trace, in the words of its device: "plic claim 10". Does nothing
 * without a trace. */
void bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Serves the MMIO exit in vcpu->run. */
void bus_serve(struct vcpu *vcpu);

#endif

/* The device tree that describes the machine to the guest (Devicetree 0.4), made with libfdt. */
#ifndef DUET_VMM_DEVICE_TREE_H
#define DUET_VMM_DEVICE_TREE_H

#include <stddef.h>
#include <stdint.h>

#define DEVICE_TREE_SEED 32 /* bytes */

struct vm;

/* What differs from one machine to the next. */
struct device_tree {
    uint64_t ram_base, ram_size; /* bytes */
    unsigned cpus;
    const char *isa;                 /* "rv64imafdc_zicsr...", as KVM gives it to the guest */
    const char *mmu;                 /* "riscv,sv39" and the like */
    uint32_t cbom_block, cboz_block; /* bytes, of Zicbom and Zicboz; 0: not there */
    uint32_t timebase_hz;
    const char *bootargs;
    uint64_t initrd_start, initrd_size; /* size 0: none */
    /* Random bytes for the guest's own generator, which has no other source so early. */
    unsigned char rng_seed[DEVICE_TREE_SEED];
    const char *stdout_path; /* of the node that is the console */
    /* Adds the nodes of Duet's own devices below /hypervisor, where libfdt is writing. 0, or
     * libfdt's error; NULL: there are none. */
    int (*devices_describe)(const struct vm *vm, void *fdt);
    const struct vm *vm; /* handed to it */
};

/* Makes the blob in `buffer` of `size` bytes. Its length, or -1 after saying why. */
int device_tree_build(const struct device_tree *machine, void *buffer, size_t size);

#endif

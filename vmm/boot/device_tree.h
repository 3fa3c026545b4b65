/* The device tree that describes the machine to the guest (Devicetree 0.4), made with libfdt. */
#ifndef DUET_VMM_DEVICE_TREE_H
#define DUET_VMM_DEVICE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_TREE_SEED 32 /* bytes */

/* Phandles: hart N's interrupt controller has PHANDLE_INTC + N, the hart itself PHANDLE_CPU + N. */
#define PHANDLE_INTC 1
#define PHANDLE_PLIC 100
#define PHANDLE_TEST 101
#define PHANDLE_CPU  200

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
    bool has_board;          /* there is a /soc */
    /* Adds the nodes of Duet's own devices below /hypervisor, or those of the board's below /soc,
     * where libfdt is writing. 0, or libfdt's error; NULL: there are none. */
    int (*devices_describe)(const struct vm *vm, bool of_board, void *fdt);
    const struct vm *vm; /* handed to it */
};

/* libfdt's calls return 0 or a negative error: the first one stays. */
#define DEVICE_TREE_TRY(call)                                                                      \
    do {                                                                                           \
        int error_ = (call);                                                                       \
        if (error_ < 0)                                                                            \
            return error_;                                                                         \
    } while (0)

/* For the nodes of the board's devices. Begins the node NAME@BASE with its registers' place. 0, or
 * libfdt's error. */
int device_tree_node_begin(void *fdt, const char *name, uint64_t base, uint64_t size);
/* Says that the node's device has this interrupt of the PLIC. Likewise. */
int device_tree_interrupt(void *fdt, uint32_t irq);
/* interrupts-extended: two of each hart's, of up to CPUS_MAX harts. */
int device_tree_harts_interrupt(void *fdt, unsigned harts, uint32_t first, uint32_t second);

/* For a hart's node: the instruction set as the name `isa`, "rv64imac_zicsr", and as a word for
 * each extension (Linux's binding riscv/extensions.yaml). Likewise. */
int device_tree_isa(void *fdt, const char *isa);
/* For /cpus: the node cpu-map, in which all harts are cores of one cluster (Linux's binding
 * cpu/cpu-topology.txt). Likewise. */
int device_tree_cpu_map(void *fdt, unsigned cpus);

/* Makes the blob in `buffer` of `size` bytes. Its length, or -1 after saying why. */
int device_tree_build(const struct device_tree *machine, void *buffer, size_t size);

#endif

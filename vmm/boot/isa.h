/* The instruction set that KVM gives to a guest, in the words of the device tree. */
#ifndef DUET_VMM_ISA_H
#define DUET_VMM_ISA_H

#include <stdbool.h>
#include <stdint.h>

#define ISA_NAME_MAX 512

/* Zicbom and Zicboz are in the name only if KVM gives the size of their blocks, without which a
 * guest cannot use them. */
struct isa {
    char name[ISA_NAME_MAX];         /* "rv64imafdc_zicsr_..." */
    uint32_t cbom_block, cboz_block; /* bytes, of Zicbom and Zicboz; 0: not there */
};

/* Reads what this vCPU has. 0, or -1 after saying why. */
int isa_read(int vcpu_fd, struct isa *isa);

/* Whether the guest has the extension that is named by this single, small letter. */
bool isa_has(int vcpu_fd, char letter);

/* "riscv,sv39", "riscv,sv48" or "riscv,sv57": the widest paging that the guest can use. */
const char *isa_mmu(int vcpu_fd);

#endif

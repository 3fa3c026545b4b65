/* The instruction set that KVM gives to a guest, in the words of the device tree. */
#ifndef DUET_VMM_ISA_H
#define DUET_VMM_ISA_H

#include <stdbool.h>
#include <stddef.h>

/* Writes "rv64imafdc_zicsr_..." into `isa`. 0, or -1 after saying why. */
int isa_string(int vcpu_fd, char *isa, size_t size);

/* Whether the guest has the extension with this one, small letter. */
bool isa_has(int vcpu_fd, char letter);

/* "riscv,sv39", "riscv,sv48" or "riscv,sv57": the widest paging that the guest can use. */
const char *isa_mmu(int vcpu_fd);

#endif

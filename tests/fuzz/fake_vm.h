/* A VM without KVM: RAM, the vCPU that makes the calls, and the ends of vmm/ that need KVM. */
#ifndef DUET_TESTS_FAKE_VM_H
#define DUET_TESTS_FAKE_VM_H

#include "abi/memory.h"
#include "vmm/machine/vm.h"

#define FAKE_RAM  0x10000
#define FAKE_BASE DUET_RAM_BASE
#define FAKE_END  (FAKE_BASE + FAKE_RAM)

/* The only one. Its RAM keeps what was in it; all else is as in a VM that starts. */
extern struct vm fake_vm;
void fake_vm_begin(void);

/* What every register of a vCPU reads as; only that of the program counter matters. */
extern uint64_t fake_vm_pc;

/* The boot hart's interrupt is raised exactly when a pending event is selected. */
void fake_vm_interrupt_check(void);

#endif

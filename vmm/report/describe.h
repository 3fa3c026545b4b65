/* Words for the numbers by which KVM and a hart say what happened. */
#ifndef DUET_VMM_DESCRIBE_H
#define DUET_VMM_DESCRIBE_H

#include <stdint.h>
#include <stdio.h>

struct kvm_run;

/* Prints the exit that KVM_RUN returned with: its name, its number and its details. */
void kvm_exit_print(const struct kvm_run *run, FILE *to);

/* Prints what an error of KVM_RUN is, and what it means on RISC-V. */
void kvm_error_print(int error, FILE *to);

/* Prints a trap as Privileged 1.12 §4.1.7 to §4.1.9 has it: the cause, where, and what stval says
 * for this cause. */
void trap_print(uint64_t scause, uint64_t sepc, uint64_t stval, FILE *to);

#endif

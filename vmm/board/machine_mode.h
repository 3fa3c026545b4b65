/*
 * Kernels that begin in M-mode, as on `virt` without firmware (xv6-riscv is one). KVM gives a guest
 * no M-mode: such a hart runs in S-mode from its first instruction, and the few instructions that
 * are for M-mode are made for it here, one by one, up to the `mret` with which it leaves M-mode.
 * What it stores in M-mode's registers is kept, and has an effect where S-mode would notice:
 * mstatus, mie, mip.
 *
 * A hart that left with an interrupt of the CLINT's enabled in mie comes back for it: duet takes it
 * out of the guest, keeps what S-mode has (satp, stvec, sstatus.SIE), and has it go on at mtvec
 * with M-mode's registers as after the trap. The handler's code runs in S-mode, where satp, stvec
 * and sstatus.SIE read as 0 and must not be stored to; what it does to sip and sie counts. Its
 * `mret` gives S-mode back what it had.
 *
 * Not served: exceptions in M-mode or for it, which has all of S-mode's delegated whatever medeleg
 * and mideleg say; the PLIC's interrupts for M-mode; loads and stores with mstatus.MPRV.
 *
 * Two ways lead here. When the image is loaded, an EBREAK is written over each M-mode instruction
 * of its code, and taken away again when all harts have left M-mode for good. For code that is not
 * in the image there is, until the first `mret`, the illegal instruction's trap to stvec, which is
 * 0 then, so that KVM_RUN fails (EOPNOTSUPP). That way alone will not do: QEMU 10.0 leads a guest's
 * illegal instructions astray.
 */
#ifndef DUET_VMM_BOARD_MACHINE_MODE_H
#define DUET_VMM_BOARD_MACHINE_MODE_H

#include <stdbool.h>
#include <stdint.h>

struct elf_image;
struct state_reader;
struct state_writer;
struct vcpu;
struct vm;

/* Whether the guest begins in M-mode: with --board, an image without Duet's note whose entry point
 * is where `virt` starts a kernel that is its own firmware, at the beginning of RAM. */
bool machine_mode_is_wanted(const struct vm *vm);

/* Prepares the loaded image and the vCPUs for that, and lets all of them begin at the entry point,
 * as `virt` does; `fdt_gpa` is the device tree's address. 0, or -1 after saying why;
 * machine_mode_destroy() it in either case. */
int machine_mode_create(struct vm *vm, uint64_t fdt_gpa);
void machine_mode_destroy(struct vm *vm);

/* Its state in a snapshot: nothing if all harts have left M-mode for good. Of a machine that is
 * paused; and in place of machine_mode_create(), when the vCPUs have their registers. What cannot
 * be fails the reader; 0, or -1 after saying why. */
void machine_mode_save(const struct vm *vm, struct state_writer *to);
int machine_mode_load(struct vm *vm, struct state_reader *from);

/* After a kick: the hart takes an interrupt of M-mode's if it has one. On the vCPU's thread, out of
 * the guest and settled. */
void machine_mode_vcpu_kicked(struct vcpu *vcpu);

/* For an EBREAK's exit: makes the M-mode instruction that it stands for. The hart gets an illegal
 * instruction's trap if that may not be made, or not there, and its own EBREAKs' traps. False: it
 * is an EBREAK for the debugger. On the vCPU's thread. */
bool machine_mode_ebreak_serve(struct vcpu *vcpu);

/* For KVM_RUN's EOPNOTSUPP: makes the M-mode instruction that the hart has trapped for. False: it
 * is none, or not one that is served. On the vCPU's thread. */
bool machine_mode_fault_serve(struct vcpu *vcpu);

#endif

/*
 * The end of a machine, and the kick that has its vCPUs notice it. Everything that may end a guest
 * calls this: a hypercall, the console, the crash report, the debugger. Rooms below report/ have a
 * death reported by vcpu_died().
 */
#ifndef DUET_VMM_ENDING_H
#define DUET_VMM_ENDING_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vm;
struct vcpu;
struct kvm_run;
struct duet_trap_regs;

/* Exit statuses of duet's own; the guest has 0 to DUET_STATUS_MAX. */
#define STATUS_GUEST_DIED 126
#define STATUS_FAILED     127

/* What ending.how holds: 0 while the machine runs, else VM_ENDED with VM_RESET or a status. */
#define VM_ENDED       0x100u
#define VM_RESET       0x200u
#define VM_STATUS_MASK 0xffu

/* Why a guest died. */
struct death {
    enum death_cause {
        DEATH_ACCESS,          /* it accessed guest physical `address`, where nothing is */
        DEATH_HANDLER_NOWHERE, /* its trap handler is at virtual `address`, where nothing is */
        DEATH_NO_HANDLER,      /* it trapped without a handler: scause, sepc and stval say how */
        DEATH_ALL_STOPPED,     /* its harts have all stopped themselves (SBI 2.0 §9) */
        DEATH_PANIC,           /* it gave up by itself: `text`, and `trap` */
        DEATH_EXIT,            /* KVM gave the exit in vcpu->run, which duet does not serve */
        DEATH_ERROR,           /* KVM_RUN failed with `error` */
    } cause;
    uint64_t address;
    const char *text; /* the reason that the guest gives: `text_len` bytes, not trusted */
    uint64_t text_len;
    const struct duet_trap_regs *trap; /* at the trap that made it panic; NULL: as it is now */
    int error;
};

/* Reports a death, and ends the machine with STATUS_GUEST_DIED: crash_report(). */
typedef void death_report(struct vcpu *vcpu, const struct death *death);

struct ending {
    death_report *report;   /* set before any other thread runs */
    atomic_uint how;        /* VM_ENDED and so on; the first end counts */
    atomic_bool asked;      /* the guest was asked to power off: a reset then ends it */
    bool died;              /* its death was reported; the report's lock guards this and the next */
    unsigned dead_hart;     /* the hart that it died on, if it died */
    enum death_cause cause; /* likewise */
    pid_t owner; /* the thread that waits for the end; set before any other thread runs */
};

/* The calling thread becomes the owner. */
void ending_init(struct ending *ending, death_report *report);

/* The guest died on this vCPU: has that reported. On the vCPU's own thread. */
void vcpu_died(struct vcpu *vcpu, const struct death *death);

/* Ends the machine with this exit status, 0 to VM_STATUS_MASK: every vCPU leaves the guest, and
 * the owner is sent VCPU_KICK_SIGNAL. From any thread. */
void vm_end(struct vm *vm, unsigned status);

/* Ends the machine so that it is started again from the beginning. If the guest was asked to power
 * off, the machine ends with status 0 instead. From any thread. */
void vm_reset(struct vm *vm);

/* Wakes the owner, which then looks whether the machine or a thread has ended. From any thread. */
void vm_owner_wake(const struct vm *vm);

/* Kicks every vCPU that runs. From any thread. A kick that comes just before a system call that
 * waits is lost: once the machine has ended, repeat it until vm_join() is true. */
void vm_kick(struct vm *vm);

/* If the vCPU runs, makes its thread leave the guest and system calls, and look at ending.how. From
 * any thread. */
void vcpu_kick(struct vcpu *vcpu);

/* The signal that vcpu_kick() sends. The vCPUs' threads handle it; all other threads have to block
 * it. */
#define VCPU_KICK_SIGNAL SIGUSR2

/* Once, before any vCPU runs: installs that signal's handler. */
void vcpu_kick_init(void);

/* Between these two, kicks reach the calling thread, which runs this vCPU. A kick that comes before
 * KVM_RUN makes KVM_RUN return at once. */
void vcpu_kick_enable(struct vcpu *vcpu);
void vcpu_kick_disable(struct vcpu *vcpu);

#endif

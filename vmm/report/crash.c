/* The report of a guest that died: the reason, the registers, a backtrace with symbols of its ELF
 * file, and its last hypercalls. The guest is in an unknown state and nothing in it is trusted. */
#include "vmm/report/crash.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "abi/hypercalls.h"
#include "common/riscv.h"
#include "vmm/debug/debugger.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/report/demangle.h"
#include "vmm/report/describe.h"
#include "vmm/report/machine_mode.h"
#include "vmm/report/recent.h"
#include "vmm/report/source_line.h"
#include "vmm/report/unwind.h"
#include "vmm/version.h"

#define FRAMES_MAX 32

/* One report at a time: two vCPUs may die together, and libelf is not thread-safe. */
static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER;
static struct recent_shown last_calls; /* guarded by that lock */

/* The registers of the vCPU. Those that KVM does not give are 0. */
static struct duet_trap_regs
regs_read(const struct vcpu *vcpu)
{
    struct duet_trap_regs regs = {0};

    reg_get(vcpu->fd, REG_GUEST_PC, &regs.pc);
    for (unsigned n = 1; n < X_COUNT; n++)
        reg_get(vcpu->fd, REG_GPR(n), &regs.x[n]);
    reg_get(vcpu->fd, REG_CSR(scause), &regs.scause);
    reg_get(vcpu->fd, REG_CSR(stval), &regs.stval);
    return regs;
}

static const char *
satp_mode_name(uint64_t satp)
{
    switch (satp >> SATP_MODE_SHIFT) {
    case SATP_MODE_BARE:
        return "Bare";
    case SATP_MODE_SV39:
        return "Sv39";
    case SATP_MODE_SV48:
        return "Sv48";
    case SATP_MODE_SV57:
        return "Sv57";
    default:
        return "unknown mode";
    }
}

/* A kernel written for M-mode dies of its first privileged instruction. */
static void
machine_mode_print(const struct vcpu *vcpu, uint64_t satp, uint64_t sepc, uint64_t stval)
{
    uint32_t instruction = (uint32_t)stval;
    const char *name;

    if (!instruction && /* stval does not hold the instruction */
        !page_walk_read(&vcpu->vm->mem, satp, sepc, &instruction, sizeof(instruction)))
        return;
    name = machine_mode_name(instruction);
    if (name)
        fprintf(stderr,
                "  that is for M-mode (%s), and a guest begins in S-mode, as behind firmware with "
                "SBI: its hart id is in a0; a kernel that begins in M-mode takes --board (make: "
                "BOARD=1), if it is linked for 0x80000000\n",
                name);
}

static void
registers_print(const struct vcpu *vcpu, const struct duet_trap_regs *regs)
{
    uint64_t sstatus = 0, stvec = 0, satp = 0, sepc = 0;

    reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus);
    reg_get(vcpu->fd, REG_CSR(stvec), &stvec);
    reg_get(vcpu->fd, REG_CSR(satp), &satp);
    reg_get(vcpu->fd, REG_CSR(sepc), &sepc);
    fprintf(stderr, "  hart %-5u pc       %016" PRIx64 "\n", vcpu->id, regs->pc);
    for (unsigned n = 1; n < X_COUNT; n++)
        fprintf(stderr, "  %4s %016" PRIx64 "%s", riscv_register_name(n), regs->x[n],
                n % 4 == 0 || n == X_COUNT - 1 ? "\n" : "");
    fprintf(stderr,
            "  scause %" PRIx64 "  stval %" PRIx64 "  sepc %" PRIx64 "  stvec %" PRIx64 "\n",
            regs->scause, regs->stval, sepc, stvec);
    fprintf(stderr, "  sstatus %" PRIx64 " (SPP %c, SPIE %d, SIE %d)  satp %" PRIx64 " (%s)\n",
            sstatus, sstatus & SSTATUS_SPP ? 'S' : 'U', !!(sstatus & SSTATUS_SPIE),
            !!(sstatus & SSTATUS_SIE), satp, satp_mode_name(satp));
    fprintf(stderr, "last trap: ");
    if (regs->scause || regs->stval || sepc)
        trap_print(regs->scause, sepc, regs->stval, stderr);
    else
        fprintf(stderr, "none");
    fputc('\n', stderr);
    if (regs->scause == CAUSE_ILLEGAL)
        machine_mode_print(vcpu, satp, sepc, regs->stval);
}

static void
frame_print(const struct vcpu *vcpu, struct source_lines *lines, unsigned number, uint64_t pc,
            uint64_t lookup)
{
    uint64_t offset;
    const char *name = elf_image_symbol(vcpu->vm->image, lookup, &offset);
    char readable[256];

    if (name && demangle(name, readable, sizeof(readable)))
        name = readable;
    if (name)
        fprintf(stderr, "  #%-2u %016" PRIx64 " %s+0x%" PRIx64, number, pc, name,
                offset + (pc - lookup));
    else
        fprintf(stderr, "  #%-2u %016" PRIx64, number, pc);
    source_line_print(lines, elf_image_virtual(vcpu->vm->image, lookup), stderr);
    fputc('\n', stderr);
}

static void
frames_print(const struct vcpu *vcpu, const struct duet_trap_regs *regs, struct source_lines *lines)
{
    struct frame frame = {.pc = regs->pc, .is_first = true};
    struct unwind *unwind;
    uint64_t satp = 0;
    unsigned number = 0;

    reg_get(vcpu->fd, REG_CSR(satp), &satp);
    memcpy(frame.x, regs->x, sizeof(frame.x));
    unwind = unwind_open(vcpu->vm->image, &vcpu->vm->mem, satp);
    do
        /* A return address may be the first address of the next function: the call is just before
         * it. */
        frame_print(vcpu, lines, number++, frame.pc, frame.pc - !frame.is_first);
    while (number < FRAMES_MAX && unwind && unwind_step(unwind, &frame));
    unwind_close(unwind);
}

static void
backtrace_print(const struct vcpu *vcpu, const struct duet_trap_regs *regs)
{
    struct source_lines *lines = source_lines_open(vcpu->vm->image);

    fprintf(stderr, "backtrace:\n");
    frames_print(vcpu, regs, lines);
    source_lines_close(lines);
}

static void
hypercalls_print(const struct vcpu *vcpu)
{
    uint64_t timebase_hz = 0;

    reg_get(vcpu->fd, REG_TIMER(frequency), &timebase_hz);
    recent_print(&last_calls, timebase_hz, stderr);
}

/* Begins a report. False when the VM has ended or died already, so that nothing is to be said. */
static bool
begin(const struct vcpu *vcpu, const struct death *death)
{
    struct vm *vm = vcpu->vm;

    pthread_mutex_lock(&report_lock);
    if (!atomic_load(&vm->ending.how) && !vm->ending.died) {
        vm->ending.died = true;
        vm->ending.dead_hart = vcpu->id;
        vm->ending.cause = death->cause;
        /* At once: other harts go on, and the report takes a while. */
        recent_take(&last_calls, vm);
        return true;
    }
    pthread_mutex_unlock(&report_lock);
    return false;
}

static void
panic_print(const char *text, uint64_t len)
{
    fprintf(stderr, "panic: ");
    for (uint64_t i = 0; i < len; i++) {
        char c = text[i]; /* read once, because the guest may change it */
        fputc(c >= ' ' && c < 0x7f ? c : '?', stderr);
    }
}

/* The line that gives the reason. `regs` are adapted where the guest died at another place than its
 * pc. */
static void
cause_print(struct vcpu *vcpu, const struct death *death, struct duet_trap_regs *regs)
{
    fprintf(stderr, "%sthe guest died: ", log_prefix());
    switch (death->cause) {
    case DEATH_ACCESS:
        fprintf(stderr, "access to guest physical address 0x%" PRIx64 ", where nothing is",
                death->address);
        break;
    case DEATH_HANDLER_NOWHERE:
        fprintf(stderr, "its trap handler is at 0x%" PRIx64 ", where nothing is", death->address);
        break;
    case DEATH_NO_HANDLER:
        reg_get(vcpu->fd, REG_CSR(sepc), &regs->pc);
        trap_print(regs->scause, regs->pc, regs->stval, stderr);
        fprintf(stderr, ", and no trap handler (stvec is 0)");
        /* For a debugger; the guest never goes on from here. */
        reg_set(vcpu->fd, REG_GUEST_PC, regs->pc);
        break;
    case DEATH_ALL_STOPPED:
        fprintf(stderr, "all of its harts have stopped themselves (SBI's hart_stop), and nothing "
                        "can start one again");
        break;
    case DEATH_PANIC:
        panic_print(death->text, death->text_len);
        break;
    case DEATH_EXIT:
        fprintf(stderr, "KVM gives an exit that duet has no use for: ");
        kvm_exit_print(vcpu->run, stderr);
        break;
    case DEATH_ERROR:
        fprintf(stderr, "KVM cannot go on: ");
        kvm_error_print(death->error, stderr);
        break;
    }
    fputc('\n', stderr);
}

void
crash_report(struct vcpu *vcpu, const struct death *death)
{
    struct duet_trap_regs regs;

    if (!begin(vcpu, death))
        return;
    regs = death->trap ? *death->trap : regs_read(vcpu);
    cause_print(vcpu, death, &regs);
    registers_print(vcpu, &regs);
    backtrace_print(vcpu, &regs);
    hypercalls_print(vcpu);
    fprintf(stderr, "reported by duet %s\n", DUET_VERSION);
    pthread_mutex_unlock(&report_lock);
    debugger_vcpu_died(vcpu, death->cause == DEATH_PANIC ? STOP_PANIC : STOP_FAULT);
    vm_end(vcpu->vm, STATUS_GUEST_DIED);
}

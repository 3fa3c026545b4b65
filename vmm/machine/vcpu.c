/* The run loop of a vCPU: enter the guest, find out why it exited, serve that. */
#include "vmm/machine/vcpu.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "abi/memory.h"
#include "common/riscv.h"
#include "vmm/board/machine_mode.h"
#include "vmm/board/virtio.h"
#include "vmm/call/sbi.h"
#include "vmm/call/serving.h"
#include "vmm/debug/debugger.h"
#include "vmm/device/bus.h"
#include "vmm/device/fetch_fault.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/report/crash.h"
#include "vmm/trace/clock.h"
#include "vmm/trace/trace.h"
#include "vmm/trace/trace_exit.h"

/* Registers the SBI extensions that KVM forwards only on request; this must come before the vCPU
 * first runs. A KVM that cannot forward one of them works without it. */
static void
sbi_forward(int vcpu_fd)
{
    unsigned count;
    const struct sbi_extension *const *extension = sbi_extensions(&count);

    for (unsigned i = 0; i < count; i++)
        if (extension[i]->kvm_number != SBI_KVM_FORWARDS)
            reg_set(vcpu_fd, REG_SBI_EXT(extension[i]->kvm_number), 1);
}

int
vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned id)
{
    int run_size = ioctl(vm->files->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

    *vcpu = (struct vcpu){.vm = vm, .id = id, .fd = -1, .stats.kvm_fd = -1};
    trace_track_vcpu(vm->trace, id);
    if (run_size < 0)
        return fail_errno("KVM_GET_VCPU_MMAP_SIZE");
    vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)id);
    if (vcpu->fd < 0)
        return fail_errno("KVM_CREATE_VCPU %u", id);
    irq_init(&vcpu->irq, vcpu->fd);
    if (stats_create(&vcpu->stats, vcpu->fd, vm->options->stats))
        return -1;
    vcpu->run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (vcpu->run == MAP_FAILED) {
        vcpu->run = NULL;
        return fail_errno("mmap of vCPU %u's kvm_run", id);
    }
    sbi_forward(vcpu->fd);
    /* KVM sets UXL to 0, which no hart has. QEMU then keeps the value of the previous guest. */
    if (reg_set(vcpu->fd, REG_CSR(sstatus), SSTATUS_UXL_64))
        return fail_errno("sstatus of vCPU %u", id);
    return 0;
}

void
vcpu_destroy(struct vcpu *vcpu)
{
    int run_size = ioctl(vcpu->vm->files->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

    stats_destroy(&vcpu->stats);
    if (vcpu->run && run_size > 0)
        munmap(vcpu->run, (size_t)run_size);
    if (vcpu->fd >= 0)
        close(vcpu->fd);
}

static void
exit_count(struct vcpu *vcpu, enum exit_kind kind)
{
    counter_add(&vcpu->stats.exits[kind], 1);
}

static void
system_event(struct vcpu *vcpu)
{
    uint32_t type = vcpu->run->system_event.type;
    /* SRST's reset reason (SBI 2.0 §10.1); an old KVM does not pass it on. */
    uint64_t reason = vcpu->run->system_event.ndata ? vcpu->run->system_event.data[0] : 0;
    const char *name = NULL;

    if (type == KVM_SYSTEM_EVENT_SHUTDOWN) {
        name = "shutdown";
        vm_end(vcpu->vm, reason == SBI_SRST_REASON_NONE ? 0 : 1);
    } else if (type == KVM_SYSTEM_EVENT_RESET) {
        name = "reset";
        vm_reset(vcpu->vm);
    } else {
        crash_report(vcpu, &(struct death){.cause = DEATH_EXIT});
    }
    if (vcpu->vm->trace)
        trace_system_event(vcpu, type, name, reason);
}

static void
exit_serve(struct vcpu *vcpu)
{
    struct kvm_run *run = vcpu->run;

    switch (run->exit_reason) {
    case KVM_EXIT_RISCV_SBI:
        sbi_serve(vcpu); /* this counts the exit */
        break;
    case KVM_EXIT_MMIO:
        exit_count(vcpu, run->mmio.is_write ? EXIT_MMIO_STORE : EXIT_MMIO_LOAD);
        bus_serve(vcpu);
        break;
    case KVM_EXIT_SYSTEM_EVENT:
        exit_count(vcpu, EXIT_SYSTEM_EVENT);
        system_event(vcpu);
        break;
    case KVM_EXIT_DEBUG: /* only with a debugger, or in M-mode */
        exit_count(vcpu, EXIT_EBREAK);
        if (!machine_mode_ebreak_serve(vcpu))
            debugger_vcpu_ebreak(vcpu);
        if (vcpu->vm->trace)
            trace_exit(vcpu, "EBREAK", "");
        break;
    default:
        exit_count(vcpu, EXIT_OTHER);
        crash_report(vcpu, &(struct death){.cause = DEATH_EXIT});
        if (vcpu->vm->trace)
            trace_exit(vcpu, "unknown exit", "");
    }
}

/* Whoever kicked the vCPU may want it to stay out of the guest. */
static void
kicked_serve(struct vcpu *vcpu)
{
    do {
        vcpu->run->immediate_exit = 0;
        debugger_vcpu_pause(vcpu);
        stopped_vcpu_kicked(vcpu);
        hold_vcpu_kicked(vcpu);
    } while (pause_vcpu_wait(vcpu));
    virtio_vcpu_kicked(vcpu);
    machine_mode_vcpu_kicked(vcpu);
}

/* KVM_RUN returned without an exit to serve. */
static void
run_failed(struct vcpu *vcpu, int error)
{
    if (error == EINTR || error == EAGAIN) {
        exit_count(vcpu, EXIT_KICK);
        kicked_serve(vcpu);
        if (vcpu->vm->trace)
            trace_exit(vcpu, "kick", "");
    } else if (error == EOPNOTSUPP && (machine_mode_fault_serve(vcpu) || fetch_fault_serve(vcpu))) {
        exit_count(vcpu, EXIT_OTHER);
    } else {
        exit_count(vcpu, EXIT_OTHER);
        crash_report(vcpu, &(struct death){.cause = DEATH_ERROR, .error = error});
        if (vcpu->vm->trace)
            trace_exit(vcpu, "KVM_RUN failed", strerror(error));
    }
}

/* KVM_RUN, not through the C library's ioctl(), which spends 20 instructions on its arguments and
 * on errno: a seventh of all that duet spends on a hypercall. Returns 0 or the error. */
static int
kvm_run(int fd)
{
    register long result __asm__("a0") = fd;
    register long request __asm__("a1") = KVM_RUN;
    register long none __asm__("a2") = 0;
    register long number __asm__("a7") = __NR_ioctl;

    __asm__ volatile("ecall" : "+r"(result) : "r"(request), "r"(none), "r"(number) : "memory");
    return result < 0 ? (int)-result : 0;
}

void
vcpu_run(struct vcpu *vcpu)
{
    bool observed = vcpu->vm->trace || vcpu->stats.duration;

    serving_begin(vcpu);
    vcpu_kick_enable(vcpu);
    debugger_vcpu_begin(vcpu);
    kicked_serve(vcpu); /* before it could be kicked, it may have been wanted */
    vcpu->entry_ns = clock_ns();
    /* An ending is followed by a kick, which makes KVM_RUN return. So the ending is noticed there
     * at the latest. */
    while (!atomic_load_explicit(&vcpu->vm->ending.how, memory_order_acquire)) {
        int error = kvm_run(vcpu->fd);

        if (observed)
            vcpu->exit_ns = clock_ns();
        if (error == 0)
            exit_serve(vcpu);
        else
            run_failed(vcpu, error);
    }
    debugger_vcpu_end(vcpu);
    vcpu_kick_disable(vcpu);
}

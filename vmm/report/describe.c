/* KVM's and the hart's numbers in words. KVM's numbers are those of linux/kvm.h; what its errors
 * mean was found in Linux 6.12's arch/riscv/kvm. */
#include "vmm/report/describe.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <string.h>

#include "common/riscv.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The exits that KVM has for RISC-V or for every architecture. */
static const char *const exit_name[] = {
    [KVM_EXIT_UNKNOWN] = "unknown exit",
    [KVM_EXIT_EXCEPTION] = "exception",
    [KVM_EXIT_DEBUG] = "debug",
    [KVM_EXIT_HLT] = "halt",
    [KVM_EXIT_MMIO] = "MMIO",
    [KVM_EXIT_SHUTDOWN] = "shutdown",
    [KVM_EXIT_FAIL_ENTRY] = "the guest cannot be entered",
    [KVM_EXIT_INTR] = "interrupted",
    [KVM_EXIT_INTERNAL_ERROR] = "internal error",
    [KVM_EXIT_SYSTEM_EVENT] = "system event",
    [KVM_EXIT_DIRTY_RING_FULL] = "the ring of dirty pages is full",
    [KVM_EXIT_RISCV_SBI] = "SBI call",
    [KVM_EXIT_RISCV_CSR] = "access to a CSR",
    [KVM_EXIT_NOTIFY] = "notification",
};

static const char *const internal_error_name[] = {
    [KVM_INTERNAL_ERROR_EMULATION] = "an instruction cannot be emulated",
    [KVM_INTERNAL_ERROR_SIMUL_EX] = "exceptions at the same time",
    [KVM_INTERNAL_ERROR_DELIVERY_EV] = "an exit while an event was delivered",
    [KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON] = "hardware left the guest for an unknown reason",
};

static const char *const system_event_name[] = {
    [KVM_SYSTEM_EVENT_SHUTDOWN] = "shutdown", [KVM_SYSTEM_EVENT_RESET] = "reset",
    [KVM_SYSTEM_EVENT_CRASH] = "crash",       [KVM_SYSTEM_EVENT_WAKEUP] = "wake-up",
    [KVM_SYSTEM_EVENT_SUSPEND] = "suspend",   [KVM_SYSTEM_EVENT_SEV_TERM] = "SEV termination",
};

static const char *
name_of(const char *const *name, size_t count, uint32_t number)
{
    return number < count && name[number] ? name[number] : "without a name";
}

static void
data_print(const void *data, size_t count, size_t count_max, FILE *to)
{
    for (size_t i = 0; i < count && i < count_max; i++) {
        uint64_t word;

        memcpy(&word, (const char *)data + i * sizeof(word), sizeof(word));
        fprintf(to, ", 0x%" PRIx64, word);
    }
}

void
kvm_exit_print(const struct kvm_run *run, FILE *to)
{
    uint32_t reason = run->exit_reason;

    fprintf(to, "%s (exit reason %" PRIu32 ")", name_of(exit_name, COUNT_OF(exit_name), reason),
            reason);
    switch (reason) {
    case KVM_EXIT_UNKNOWN:
        fputs(", hardware's reason", to);
        data_print(&run->hw.hardware_exit_reason, 1, 1, to);
        break;
    case KVM_EXIT_FAIL_ENTRY:
        fprintf(to, " on CPU %" PRIu32 ", hardware's reason", run->fail_entry.cpu);
        data_print(&run->fail_entry.hardware_entry_failure_reason, 1, 1, to);
        break;
    case KVM_EXIT_INTERNAL_ERROR:
        fprintf(to, ": %s (suberror %" PRIu32 ")",
                name_of(internal_error_name, COUNT_OF(internal_error_name), run->internal.suberror),
                run->internal.suberror);
        data_print(run->internal.data, run->internal.ndata, COUNT_OF(run->internal.data), to);
        break;
    case KVM_EXIT_SYSTEM_EVENT:
        fprintf(to, ": %s (type %" PRIu32 ")",
                name_of(system_event_name, COUNT_OF(system_event_name), run->system_event.type),
                run->system_event.type);
        data_print(run->system_event.data, run->system_event.ndata,
                   COUNT_OF(run->system_event.data), to);
        break;
    case KVM_EXIT_RISCV_CSR:
        fprintf(to, ": CSR 0x%lx, new value and mask", run->riscv_csr.csr_num);
        data_print(&run->riscv_csr.new_value, 1, 1, to);
        data_print(&run->riscv_csr.write_mask, 1, 1, to);
        break;
    default:
        break;
    }
}

void
kvm_error_print(int error, FILE *to)
{
    const char *name = strerrorname_np(error), *meaning = NULL;

    switch (error) {
    case EOPNOTSUPP:
        meaning = "the guest fetched an instruction from where nothing is, or reached there with "
                  "one that KVM cannot emulate (it can plain integer loads and stores)";
        break;
    case EIO:
        meaning = "the guest's access to where nothing is was not aligned";
        break;
    case EFAULT:
        meaning = "the host has no page for the guest's access, or the guest trapped in a way "
                  "that KVM does not know";
        break;
    case ENOMEM:
        meaning = "the host has no memory left";
        break;
    default:
        break;
    }
    fprintf(to, "KVM_RUN failed with %s%s%s%s", name ? name : "an unknown error",
            meaning ? ": " : " (", meaning ? meaning : strerror(error), meaning ? "" : ")");
}

/* Where stval is "the faulting address" (Privileged 1.12 §4.1.9). */
#define ADDRESS_CAUSES                                                                             \
    (1u << CAUSE_FETCH_MISALIGNED | 1u << CAUSE_FETCH_ACCESS | 1u << CAUSE_BREAKPOINT |            \
     1u << CAUSE_LOAD_MISALIGNED | 1u << CAUSE_LOAD_ACCESS | 1u << CAUSE_STORE_MISALIGNED |        \
     1u << CAUSE_STORE_ACCESS | 1u << CAUSE_FETCH_PAGE_FAULT | 1u << CAUSE_LOAD_PAGE_FAULT |       \
     1u << CAUSE_STORE_PAGE_FAULT)

void
trap_print(uint64_t scause, uint64_t sepc, uint64_t stval, FILE *to)
{
    const char *what = NULL;

    if (scause < 32 && ADDRESS_CAUSES >> scause & 1)
        what = "address";
    else if (scause == CAUSE_ILLEGAL)
        what = "instruction";
    fprintf(to, "%s at 0x%" PRIx64, riscv_cause_name(scause), sepc);
    if (what && stval)
        fprintf(to, ", %s 0x%" PRIx64, what, stval);
    else if (what) /* hardware that does not tell puts 0 there, too */
        fprintf(to, ", %s 0 or not told", what);
}

/* Hypercalls for the machine as a whole: handshake, power, clock, entropy. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"

struct sbi_ret
hc_handshake(struct vcpu *vcpu, uint64_t abi_version, void *info, uint64_t info_len)
{
    struct duet_info ours = {
        .abi_version = DUET_ABI_VERSION,
        .calls = DUET_CALLS,
        .features = DUET_FEATURE_EVENTS | DUET_FEATURE_DISKS,
    };

    (void)vcpu;
    if (abi_version != DUET_ABI_VERSION)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    if (info_len > sizeof(ours))
        info_len = sizeof(ours);
    memcpy(info, &ours, info_len);
    return sbi_value(info_len);
}

struct sbi_ret
hc_null(struct vcpu *vcpu)
{
    (void)vcpu;
    return sbi_value(0);
}

struct sbi_ret
hc_power_off(struct vcpu *vcpu, uint64_t status)
{
    if (status > DUET_STATUS_MAX)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    vm_end(vcpu->vm, (unsigned)status);
    return sbi_value(0);
}

struct sbi_ret
hc_save(struct vcpu *vcpu)
{
    /* The answer that the file has. The hart that goes on here gets its own when that is written.
     */
    return saving_ask_by_hart(vcpu) ? sbi_value(1) : sbi_error(SBI_ERR_NOT_SUPPORTED);
}

struct sbi_ret
hc_fork(struct vcpu *vcpu, uint64_t copies)
{
    unsigned max = vcpu->vm->options->fork;

    if (max == 0)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    if (copies == 0)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (copies > max)
        return sbi_error(SBI_ERR_DENIED);
    saving_fork_by_hart(vcpu, (unsigned)copies);
    /* The answer in a file that the machine is saved in just now, and in a copy that another hart
     * has asked for. All others get theirs when the copies are made. */
    return sbi_error(SBI_ERR_FAILED);
}

struct sbi_ret
hc_memory_release(struct vcpu *vcpu, void *pages, uint64_t pages_len)
{
    if (pages_len == 0)
        return sbi_value(0); /* points somewhere harmless */
    if (guest_mem_release(&vcpu->vm->mem, pages, pages_len) == 0)
        return sbi_value(pages_len);
    return sbi_error(errno == EINVAL ? SBI_ERR_INVALID_PARAM : SBI_ERR_FAILED);
}

struct sbi_ret
hc_clock_wall(struct vcpu *vcpu)
{
    struct timespec now;

    (void)vcpu;
    if (clock_gettime(CLOCK_REALTIME, &now))
        return sbi_error(SBI_ERR_FAILED);
    return sbi_value((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
}

struct sbi_ret
hc_entropy(struct vcpu *vcpu, void *bytes, uint64_t bytes_len)
{
    uint64_t done = 0;

    while (done < bytes_len && !atomic_load(&vcpu->vm->ending.how)) {
        ssize_t got = getrandom((char *)bytes + done, bytes_len - done, 0);

        if (got < 0 && errno != EINTR)
            return sbi_error(SBI_ERR_FAILED);
        if (got > 0)
            done += (uint64_t)got;
    }
    return sbi_value(done);
}

/* Hypercalls of the machine as a whole. */
#include "hv/gstage.h"
#include "hv/guest_mem.h"
#include "hv/host.h"
#include "hv/hypercall.h"
#include "hv/print.h"

/* Registers of Google's goldfish RTC, in words; reading the lower half latches the upper one */
#define RTC_LOW  0
#define RTC_HIGH 1

struct sbi_ret
hc_handshake(struct vcpu *vcpu, uint64_t abi_version, uint64_t info, uint64_t info_len)
{
    const struct duet_info ours = {
        .abi_version = DUET_ABI_VERSION,
        .calls = DUET_CALLS,
        .features = DUET_FEATURE_EVENTS,
    };
    uint64_t len = info_len < sizeof(ours) ? info_len : sizeof(ours);

    (void)vcpu;
    if (abi_version != DUET_ABI_VERSION)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    guest_mem_write(info, &ours, len);
    return sbi_value(len);
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
    (void)vcpu;
    if (status > DUET_STATUS_MAX)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    machine_end((unsigned)status);
}

struct sbi_ret
hc_clock_wall(struct vcpu *vcpu)
{
    (void)vcpu;
    if (!host.rtc)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    uint64_t low = host.rtc[RTC_LOW];
    return sbi_value((uint64_t)host.rtc[RTC_HIGH] << 32 | low);
}

struct sbi_ret
hc_memory_release(struct vcpu *vcpu, uint64_t pages, uint64_t pages_len)
{
    (void)vcpu;
    if (pages_len && (pages % PAGE_SIZE || pages_len % PAGE_SIZE))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    for (uint64_t done = 0; done < pages_len; done += PAGE_SIZE)
        gstage_page_release(pages + done);
    return sbi_value(pages_len);
}

#include "hv/sbi.h"

#include <stdbool.h>

#include "hv/event.h"
#include "hv/hypercall.h"
#include "hv/print.h"
#include "hv/timer.h"
#include "hv/uart.h"

/* Base, §4: functions, and what they say of us */
enum {
    BASE_SPEC_VERSION,
    BASE_IMPLEMENTATION,
    BASE_IMPLEMENTATION_VERSION,
    /* SBI_BASE_PROBE */
    BASE_VENDOR = 4,
    BASE_ARCHITECTURE,
    BASE_MACHINE,
};
#define SPEC_VERSION   0x02000000
#define IMPLEMENTATION 0x445554 /* "DUT"; not registered */

#define HSM_STARTED 0

/* Remote fences, §8: fence.i, then two with addresses, then those for guests of the guest */
#define RFENCE_I     0
#define RFENCE_FIRST SBI_RFENCE_SFENCE_VMA
#define RFENCE_LAST  2

static bool
extension_has(uint64_t id)
{
    static const uint64_t known[] = {
        SBI_BASE,           SBI_TIME,           SBI_IPI,     SBI_RFENCE, SBI_HSM, SBI_SRST,
        SBI_LEGACY_PUTCHAR, SBI_LEGACY_GETCHAR, DUET_SBI_EXT};

    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i] == id)
            return true;
    return false;
}

static struct sbi_ret
base_serve(uint64_t function, uint64_t probed)
{
    switch (function) {
    case BASE_SPEC_VERSION:
        return sbi_value(SPEC_VERSION);
    case BASE_IMPLEMENTATION:
        return sbi_value(IMPLEMENTATION);
    case BASE_IMPLEMENTATION_VERSION:
        return sbi_value(1);
    case SBI_BASE_PROBE:
        return sbi_value(extension_has(probed));
    case BASE_VENDOR:
    case BASE_ARCHITECTURE:
    case BASE_MACHINE:
        return sbi_value(0);
    }
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

/* Whether a mask of harts is one that the guest has (§3.3): hart 0 or none. `mine` says which. */
static bool
mask_read(const uint64_t *mask, bool *mine)
{
    uint64_t harts = mask[0], base = mask[1];

    *mine = base == UINT64_MAX || (base == 0 && harts & 1);
    return base == UINT64_MAX || harts == 0 || (base == 0 && harts == 1);
}

static struct sbi_ret
ipi_serve(uint64_t function, const uint64_t *arg)
{
    bool mine;

    if (function != SBI_IPI_SEND)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    if (!mask_read(arg, &mine))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (mine)
        csr_set(CSR_HVIP, HVIP_VSSIP); /* the guest takes it away, by its sip */
    return sbi_value(0);
}

static struct sbi_ret
rfence_serve(uint64_t function, const uint64_t *arg)
{
    bool mine;

    if (function > RFENCE_LAST)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    if (!mask_read(arg, &mine))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (mine && function == RFENCE_I)
        fence_instructions();
    if (mine && function >= RFENCE_FIRST)
        fence_guest();
    return sbi_value(0);
}

static struct sbi_ret
hsm_serve(uint64_t function, uint64_t hart)
{
    switch (function) {
    case SBI_HSM_START:
        return sbi_error(hart ? SBI_ERR_INVALID_PARAM : SBI_ERR_ALREADY_AVAILABLE);
    case SBI_HSM_STOP:
        return sbi_error(SBI_ERR_FAILED); /* nobody could start it again */
    case SBI_HSM_STATUS:
        return hart ? sbi_error(SBI_ERR_INVALID_PARAM) : sbi_value(HSM_STARTED);
    }
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

static struct sbi_ret
srst_serve(uint64_t function, const uint64_t *arg)
{
    if (function != SBI_SRST_RESET || arg[0] != SBI_SRST_SHUTDOWN)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    machine_end(arg[1] == SBI_SRST_REASON_NONE ? 0 : 1);
}

/* Legacy calls, §5: the result is in a0 alone. */
static uint64_t
legacy_serve(uint64_t extension, uint64_t byte)
{
    if (extension == SBI_LEGACY_PUTCHAR) {
        uart_write((char)byte);
        return 0;
    }
    if (!uart_has_input())
        return UINT64_MAX;
    byte = (unsigned char)uart_read();
    events_update();
    return byte;
}

void
sbi_serve(struct vcpu *vcpu)
{
    const uint64_t *arg = &vcpu->x[X_A0];
    uint64_t extension = vcpu->x[X_A7], function = vcpu->x[X_A0 + 6];
    struct sbi_ret ret = sbi_error(SBI_ERR_NOT_SUPPORTED);

    switch (extension) {
    case SBI_LEGACY_PUTCHAR:
    case SBI_LEGACY_GETCHAR:
        vcpu->x[X_A0] = legacy_serve(extension, arg[0]);
        return;
    case SBI_BASE:
        ret = base_serve(function, arg[0]);
        break;
    case SBI_TIME:
        if (function != SBI_TIME_SET)
            break;
        timer_set(arg[0]);
        ret = sbi_value(0);
        break;
    case SBI_IPI:
        ret = ipi_serve(function, arg);
        break;
    case SBI_RFENCE:
        ret = rfence_serve(function, arg);
        break;
    case SBI_HSM:
        ret = hsm_serve(function, arg[0]);
        break;
    case SBI_SRST:
        ret = srst_serve(function, arg);
        break;
    case DUET_SBI_EXT:
        ret = hypercall_serve(vcpu, function, arg);
        break;
    }
    vcpu->x[X_A0] = (uint64_t)ret.error;
    vcpu->x[X_A1] = ret.value;
}

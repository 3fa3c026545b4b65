/* Time, and each hart's timer (SBI 2.0 §6, or the extension Sstc). */
#include "toyos/kernel/base/timer.h"

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/riscv_ops.h"

static uint64_t hz = 1, boot_time;
static bool has_sstc;

void
timer_init(uint64_t timebase_hz, bool is_sstc)
{
    hz = timebase_hz;
    has_sstc = is_sstc;
    boot_time = timer_now();
}

uint64_t
timer_now(void)
{
    return csr_read(time);
}

uint64_t
timer_from_ms(uint64_t ms)
{
    return hz * ms / 1000;
}

uint64_t
timer_to_ns(uint64_t duration)
{
    return duration / hz * 1000000000 + duration % hz * 1000000000 / hz;
}

uint64_t
timer_deadline(uint64_t ns)
{
    uint64_t seconds = ns / 1000000000, rest = ns % 1000000000;

    if (seconds > UINT32_MAX) /* more than a hundred years */
        return TIMER_NEVER;
    return timer_now() + seconds * hz + (rest * hz + 999999999) / 1000000000;
}

uint64_t
timer_uptime_ns(void)
{
    return timer_to_ns(timer_now() - boot_time);
}

/* Sets the hart's own register (Sstc) where it exists, for two reasons. An SBI call costs more. And
 * timers that are set by a call get lost in a guest of Linux 6.12: KVM forgets the new deadline
 * when the host gives the processor to another thread before the guest runs on (seen once in 100
 * runs with three vCPUs). */
void
timer_arm(uint64_t when)
{
    const uint64_t arg[6] = {when};

    hart_this()->timer_set = when;
    if (has_sstc)
        csr_write(CSR_STIMECMP, when);
    else
        sbi_call(SBI_TIME, SBI_TIME_SET, arg);
}

void
timer_arm_by(uint64_t when)
{
    if (when < hart_this()->timer_set)
        timer_arm(when);
}

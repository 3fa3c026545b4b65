/* Time, and each hart's timer (SBI 2.0 §6). */
#include "toyos/kernel/timer.h"

#include "abi/guest.h"
#include "toyos/include/kernel/param.h"
#include "toyos/kernel/hart.h"
#include "toyos/kernel/riscv_ops.h"

static uint64_t hz = 1, boot_time;

void
timer_init(uint64_t timebase_hz)
{
    hz = timebase_hz;
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
timer_from_ticks(uint64_t ticks)
{
    return ticks * hz / TICKS_HZ;
}

uint64_t
timer_uptime_ticks(void)
{
    return (timer_now() - boot_time) / (hz / TICKS_HZ);
}

uint64_t
timer_uptime_ns(void)
{
    return timer_to_ns(timer_now() - boot_time);
}

void
timer_arm(uint64_t when)
{
    const uint64_t arg[6] = {when};

    hart_this()->timer_set = when;
    duet_ecall(SBI_TIME, SBI_TIME_SET, arg);
}

/* A time that is over says nothing: as a guest on QEMU 7.2 with several harts, a hart does not always
 * get the interrupt. */
void
timer_arm_by(uint64_t when)
{
    uint64_t set = hart_this()->timer_set;

    if (when < set || set <= timer_now())
        timer_arm(when);
}

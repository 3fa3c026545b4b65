/* The platform under duet: everything is a hypercall (abi/hypercalls.h). */
#include "abi/memory.h"
#include "toyos/kernel/dev/hypercall.h"
#include "toyos/kernel/dev/platforms.h"
#include "toyos/kernel/riscv_ops.h"

static struct duet_info info;

static bool
console_write(const char *text, size_t len)
{
    struct duet_ret ret = duet_console_write(text, len);

    return !ret.error && ret.value == len; /* otherwise nobody would read it */
}

static long
console_read(char *buf, size_t size)
{
    struct duet_ret ret = duet_console_read(buf, size);

    if (ret.error)
        return PLATFORM_END_OF_FILE;
    return (long)ret.value;
}

static uint64_t
event_select(uint64_t events)
{
    return duet_event_select(events).value;
}

static void
guest_log(int level, const char *text, size_t len)
{
    duet_guest_log((uint64_t)level, text, len);
}

static __attribute__((noreturn)) void
power_off(int status)
{
    duet_power_off((uint64_t)status);
    for (;;)
        wait_for_interrupt();
}

static __attribute__((noreturn)) void
guest_panic(const char *text, size_t len, const struct duet_trap_regs *regs)
{
    duet_guest_panic(text, len, regs ? regs : (const void *)text, regs ? sizeof(*regs) : 0);
    for (;;)
        wait_for_interrupt();
}

static uint64_t
clock_wall(void)
{
    return duet_clock_wall().value;
}

static bool
entropy(void *buf, size_t len)
{
    struct duet_ret ret = duet_entropy(buf, len);

    return !ret.error && ret.value == len;
}

static uint64_t
console_size(void)
{
    struct duet_ret ret = duet_console_size();

    return ret.error ? 0 : ret.value;
}

struct platform platform_duet = {
    .console_write = console_write,
    .console_read = console_read,
    .event_select = event_select,
    .log = guest_log,
    .power_off = power_off,
    .panic = guest_panic,
    .clock_wall = clock_wall,
    .entropy = entropy,
    .console_size = console_size,
    .info = &info,
    .device_page = DUET_DOORBELL_BASE,
};

bool
platform_duet_init(void)
{
    if (duet_handshake(DUET_ABI_VERSION, &info, sizeof(info)).error)
        return false;
    if (!(info.features & DUET_FEATURE_EVENTS)) {
        platform_duet.event_select = platform_bare.event_select;
        platform_duet.input_poll_ms = platform_bare.input_poll_ms;
    }
    return true;
}

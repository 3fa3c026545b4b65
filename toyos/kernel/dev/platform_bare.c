/* The platform on OpenSBI without duet: SBI calls, and QEMU's test device to end with a status. */
#include <string.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/dev/platforms.h"
#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/riscv_ops.h"

/* Writing one of these to QEMU's "sifive,test" device ends QEMU. FAIL takes a status in its upper
 * half. */
#define TEST_PASS 0x5555
#define TEST_FAIL 0x3333

#define STATUS_PANIC 126

#define INPUT_POLL_MS 10 /* because there are no events */

static struct lock write_lock = LOCK_INIT("bare console");
/* The debug console of OpenSBI 1.3 and later; otherwise the legacy calls are used. */
static bool has_dbcn;
static volatile uint32_t *test_device;

static bool
write_legacy(const char *text, size_t len)
{
    for (; len; text++, len--) {
        const uint64_t arg[6] = {(unsigned char)*text};
        sbi_call(SBI_LEGACY_PUTCHAR, 0, arg);
    }
    return true; /* it does not say */
}

static bool
write_dbcn(const char *text, size_t len)
{
    while (len) {
        const uint64_t arg[6] = {len, kva_to_pa(text), 0};
        struct duet_ret ret = sbi_call(SBI_DBCN, SBI_DBCN_WRITE, arg);
        if (ret.error || ret.value > len)
            return false;
        text += ret.value;
        len -= ret.value;
    }
    return true;
}

static bool
console_write(const char *text, size_t len)
{
    bool is_written;

    lock_acquire(&write_lock);
    is_written = has_dbcn ? write_dbcn(text, len) : write_legacy(text, len);
    lock_release(&write_lock);
    return is_written;
}

static long
console_read(char *buf, size_t size)
{
    size_t n = 0;

    if (has_dbcn) {
        const uint64_t arg[6] = {size, kva_to_pa(buf), 0};
        struct duet_ret ret = sbi_call(SBI_DBCN, SBI_DBCN_READ, arg);
        return ret.error ? 0 : (long)ret.value;
    }
    for (; n < size; n++) {
        const uint64_t arg[6] = {0};
        int64_t c = sbi_call(SBI_LEGACY_GETCHAR, 0, arg).error; /* -1: no character is there */
        if (c < 0)
            break;
        buf[n] = (char)c;
    }
    return (long)n;
}

static uint64_t
no_events(uint64_t events)
{
    (void)events;
    return 0;
}

static void
console_log(int level, const char *text, size_t len)
{
    static const char name[DUET_LOG_LEVELS][9] = {"error: ", "warning: ", "info: ", "debug: "};

    console_write(name[level], strnlen(name[level], sizeof(name[level])));
    console_write(text, len);
    console_write("\n", 1);
}

static __attribute__((noreturn)) void
end_machine(int status)
{
    const uint64_t arg[6] = {SBI_SRST_SHUTDOWN,
                             status ? SBI_SRST_REASON_FAILURE : SBI_SRST_REASON_NONE};

    /* Not both: QEMU goes on for a while after the store, and the status of a second end is the one
     * that counts. */
    if (test_device)
        *test_device = status ? (uint32_t)status << 16 | TEST_FAIL : TEST_PASS;
    else
        sbi_call(SBI_SRST, SBI_SRST_RESET, arg);
    for (;;)
        wait_for_interrupt();
}

static __attribute__((noreturn)) void
bare_panic(const char *text, size_t len, const struct duet_trap_regs *regs)
{
    panic_print(has_dbcn ? write_dbcn : write_legacy, text, len, regs); /* without a lock */
    end_machine(STATUS_PANIC);
}

struct platform platform_bare = {
    .console_write = console_write,
    .console_read = console_read,
    .event_select = no_events,
    .input_poll_ms = INPUT_POLL_MS,
    .log = console_log,
    .power_off = end_machine,
    .panic = bare_panic,
};

void
platform_bare_init(uint64_t test_device_pa)
{
    const uint64_t arg[6] = {SBI_DBCN};
    struct duet_ret ret = sbi_call(SBI_BASE, SBI_BASE_PROBE, arg);

    has_dbcn = !ret.error && ret.value;
    if (test_device_pa) {
        test_device = pa_to_kva(test_device_pa);
        platform_bare.device_page = test_device_pa & -(uint64_t)PAGE_SIZE;
    }
}

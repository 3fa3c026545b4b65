/*
 * toyos's system calls about the machine, with any arguments: random bytes go to the process's
 * buffer in order and nowhere else, and what it is told to where it asked for it, whole, whatever
 * the hypervisor answers.
 *
 * Bounds: a page and two bytes of random ones, which lie across 3.
 */
#include "tests/prove/lock_one.h"
#include "tests/prove/user.h"

#include <stdlib.h>

#include "abi/hypercalls.h"
#include "abi/sbi.h"

/* dev/hypercall.h has the target's instructions. */
#define TOYOS_HYPERCALL_H
struct duet_ret {
    int64_t error;
    uint64_t value;
};
static struct duet_ret duet_null(void);
static struct duet_ret duet_fork(uint64_t copies);
static struct duet_ret duet_call_stats(uint64_t call, struct duet_call_stats *to, uint64_t size);
#include "toyos/kernel/trap/sys_toyos.c"

/* with: */

#define RANDOM_MAX (PAGE_SIZE + 2)

static uint64_t arg[6];
static struct duet_info info;
static bool is_read;

/* --- The hypervisor --------------------------------------------------------------------------- */

static struct duet_ret
any_answer(void)
{
    return (struct duet_ret){.error = (int64_t)prove_u64("error"), .value = prove_u64("value")};
}

static struct duet_ret
duet_null(void)
{
    return any_answer();
}

static struct duet_ret
duet_fork(uint64_t copies)
{
    (void)copies;
    return any_answer();
}

static struct duet_ret
duet_call_stats(uint64_t call, struct duet_call_stats *to, uint64_t size)
{
    prove_check(is_locked && call < info.calls, "a call that there is, with the lock");
    kernel_check(to, size);
    prove_fill("counters", to, sizeof(*to));
    return any_answer();
}

static bool
any_entropy(void *to, size_t len)
{
    pinned_check(to, len);
    return prove_bool("there are random bytes");
}

static uint64_t
any_size(void)
{
    return prove_u64("size of the terminal");
}

static struct platform any_platform = {.console_size = any_size};
struct platform *platform = &any_platform;

uint64_t
steal_ns(void)
{
    return prove_u64("steal time");
}

/* --- The calls -------------------------------------------------------------------------------- */

static void
any_call(unsigned address, size_t len)
{
    any_user_argument(arg, address, len);
    info.calls = prove_u32("calls");
    any_platform.info = prove_bool("it is duet") ? &info : NULL;
    any_platform.entropy = prove_bool("it has random bytes") ? any_entropy : NULL;
}

static void
check_told(int64_t result)
{
    prove_check(result < 0 || (result == 0 && user.done == user.len), "all of it, or an error");
    prove_check(!is_locked, "the lock is let go");
}

PROVE(sys_getrandom, 5, LONG)
{
    int64_t result;

    any_call(0, 0);
    prove_assume((int32_t)arg[1] <= RANDOM_MAX);
    if ((int32_t)arg[1] > 0)
        user.len = (uint32_t)arg[1];
    result = sys_getrandom(arg);
    prove_check(result < 0 || (size_t)result == user.done, "as many as were written");
    prove_check(result < 0 || user.done == user.len, "all, or an error");
    prove_check(!user.is_pinned, "the page is let go");
}

PROVE(sys_hyperinfo, 2, QUICK)
{
    any_call(0, sizeof(struct hyperinfo));
    check_told(sys_hyperinfo(arg));
}

PROVE(sys_hypercount, 2, QUICK)
{
    any_call(1, sizeof(struct hypercount));
    check_told(sys_hypercount(arg));
}

/* --- The end ---------------------------------------------------------------------------------- */

long
uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    prove_check(uvm == &process.uvm && from == arg[0], "the text");
    kernel_check(to, size);
    is_read = prove_bool("it can be read");
    if (is_read)
        return (long)prove_below("length", size);
    return prove_bool("it is too long") ? -ENAMETOOLONG : -EFAULT;
}

_Noreturn void
panic(const char *format, ...)
{
    prove_check(is_read && format[0] == '%' && format[1] == 's' && format[2] == '\0',
                "a text that is there, and is no format");
    exit(0);
}

PROVE(sys_kpanic, 2, QUICK)
{
    any_call(0, 0);
    prove_check(sys_kpanic(arg) == -EFAULT && !is_read,
                "it ends, but for a text that is not there");
}

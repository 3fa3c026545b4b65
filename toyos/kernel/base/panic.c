/* Panic: stops the other harts, reports the reason, and ends the machine. It takes no lock. */
#include "toyos/kernel/base/panic.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include "common/riscv.h"
#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/base/symbol.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/base/trap_frame.h"
#include "toyos/kernel/layout.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/lib/format.h"

#define STOP_MS 100 /* tells the other harts to stop */

static struct hart *_Atomic panic_hart; /* the first hart that panicked */
static char panic_text[256];
static struct duet_trap_regs panic_regs;

void
panic_check(void)
{
    struct hart *self = hart_this();
    struct hart *first = atomic_load(&panic_hart);

    if (!first || first == self)
        return;
    self->is_stopped = true;
    for (;;)
        wait_for_interrupt();
}

static void
harts_stop(void)
{
    struct hart *self = hart_this(), *none = NULL;
    uint64_t deadline = timer_now() + timer_from_ms(STOP_MS);

    if (!atomic_compare_exchange_strong(&panic_hart, &none, self)) {
        panic_check();
        platform->power_off(DUET_STATUS_MAX); /* a panic during the panic: give up */
    }
    for (unsigned i = 0; i < hart_count; i++)
        if (&harts[i] != self && harts[i].is_running)
            hart_interrupt(&harts[i]);
    for (unsigned i = 0; i < hart_count; i++)
        while (&harts[i] != self && harts[i].is_running && !harts[i].is_stopped &&
               timer_now() < deadline)
            ;
}

_Noreturn void
panic(const char *fmt, ...)
{
    va_list args;
    size_t len;

    harts_stop();
    va_start(args, fmt);
    len = format_buffer(panic_text, sizeof(panic_text), fmt, args);
    va_end(args);
    platform->panic(panic_text, len, NULL);
}

_Noreturn void
panic_trap(const struct trap_frame *frame)
{
    bool is_overflow = frame->cause == CAUSE_STORE_PAGE_FAULT && frame->x[X_SP] >= KSTACK_BASE &&
                       !((frame->x[X_SP] - TF_SIZE) >> KSTACK_SHIFT & 1);
    size_t len;

    harts_stop();
    panic_regs.pc = frame->pc;
    memcpy(panic_regs.x, frame->x, sizeof(panic_regs.x));
    panic_regs.x[0] = 0;
    panic_regs.scause = frame->cause;
    panic_regs.stval = frame->value;
    len = format_into(panic_text, sizeof(panic_text), "%s in the kernel at 0x%lx, address 0x%lx%s",
                      riscv_cause_name(frame->cause), frame->pc, frame->value,
                      is_overflow ? ": the kernel stack is full" : "");
    platform->panic(panic_text, len, &panic_regs);
}

static void __attribute__((format(printf, 2, 3)))
print(_Bool (*write)(const char *, size_t), const char *fmt, ...)
{
    static char line[128];
    va_list args;

    va_start(args, fmt);
    write(line, format_buffer(line, sizeof(line), fmt, args));
    va_end(args);
}

/* Prints a line for a place in the kernel. A return address is looked up at the call before it,
 * because the call may be the last instruction of its function. */
static void
print_place(_Bool (*write)(const char *, size_t), const char *label, uint64_t pc, uint64_t lookup)
{
    uint64_t start;
    const char *name = symbol_find(lookup, &start);

    if (name)
        print(write, "  %s 0x%lx %s+0x%lx\n", label, pc, name, pc - start);
    else
        print(write, "  %s 0x%lx\n", label, pc);
}

/* Follows the frame records: the return address is at fp - 8, the caller's fp at fp - 16. It stays
 * within one stack, so that a broken chain cannot fault. */
static void
print_backtrace(_Bool (*write)(const char *, size_t), uint64_t fp)
{
    uint64_t stack = (fp - 1) / KSTACK_STRIDE;

    while (fp >= KVA_OFFSET && fp % 8 == 0 && (fp - 1) / KSTACK_STRIDE == stack &&
           (fp - 16) >> KSTACK_SHIFT & 1) {
        const uint64_t *record = (const uint64_t *)fp;
        if (record[-1])
            print_place(write, "from", record[-1], record[-1] - 1);
        if (record[-2] <= fp)
            return;
        fp = record[-2];
    }
}

void
panic_print(_Bool (*write)(const char *text, size_t len), const char *text, size_t len,
            const struct duet_trap_regs *regs)
{
    print(write, "panic: ");
    write(text, len);
    print(write, "\n");
    if (regs) {
        print_place(write, "pc", regs->pc, regs->pc);
        print(write, "  scause 0x%lx stval 0x%lx\n", regs->scause, regs->stval);
        for (unsigned i = 1; i < 32; i++)
            print(write, "%s%4s %016lx%s", i % 4 == 1 ? "" : " ", riscv_register_name(i),
                  regs->x[i], i % 4 == 0 || i == 31 ? "\n" : "");
    }
    print_backtrace(write, regs ? regs->x[X_FP] : (uint64_t)__builtin_frame_address(0));
}

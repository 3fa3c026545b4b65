//@ create tests/labs/P1-hypervisor/hv/gstage.c
#include "hv/gstage.h"

#include "hv/csr.h"
#include "hv/page.h"
#include "hv/print.h"

void
gstage_init(void)
{
    die("gstage_init() is not implemented");
}

uint8_t *
gstage_page(uint64_t gpa)
{
    die("gstage_page(0x%lx) is not implemented", gpa);
}

void
gstage_page_release(uint64_t gpa)
{
    die("gstage_page_release(0x%lx) is not implemented", gpa);
}

//@ create tests/labs/P1-hypervisor/hv/guest_mem.c
#include "hv/guest_mem.h"

#include <string.h>

#include "hv/csr.h"
#include "hv/gstage.h"
#include "hv/print.h"

static uint64_t ram_size;

void
guest_mem_init(uint64_t size)
{
    ram_size = size;
}

uint64_t
guest_mem_size(void)
{
    return ram_size;
}

bool
guest_mem_has(uint64_t gpa, uint64_t len)
{
    die("guest_mem_has(0x%lx, %lu) is not implemented", gpa, len);
}

void
guest_mem_read(void *to, uint64_t gpa, uint64_t len)
{
    die("guest_mem_read(%p, 0x%lx, %lu) is not implemented", to, gpa, len);
}

void
guest_mem_write(uint64_t gpa, const void *from, uint64_t len)
{
    die("guest_mem_write(0x%lx, %p, %lu) is not implemented", gpa, from, len);
}

//@ create tests/labs/P1-hypervisor/hv/vcpu.c
#include "hv/vcpu.h"

#include <stddef.h>

#include "hv/print.h"

#define VCPU_ASSERT(field, offset)                                                                 \
    _Static_assert(offsetof(struct vcpu, field) == (offset), "vcpu.h")
VCPU_ASSERT(pc, VCPU_PC);
VCPU_ASSERT(sstatus, VCPU_SSTATUS);
VCPU_ASSERT(hstatus, VCPU_HSTATUS);
VCPU_ASSERT(scause, VCPU_SCAUSE);
VCPU_ASSERT(stval, VCPU_STVAL);
VCPU_ASSERT(htval, VCPU_HTVAL);
VCPU_ASSERT(host_sp, VCPU_HOST_SP);

void
vcpu_init(struct vcpu *vcpu, uint64_t pc, uint64_t tree)
{
    (void)vcpu;
    die("vcpu_init(0x%lx, 0x%lx) is not implemented", pc, tree);
}

void
vcpu_trap(struct vcpu *vcpu, uint64_t cause, uint64_t value)
{
    (void)vcpu;
    die("vcpu_trap(%lu, 0x%lx) is not implemented", cause, value);
}

//@ create tests/labs/P1-hypervisor/hv/vcpu_run.S
/*
 * Into the guest and back. A trap that is the hypervisor's comes to where stvec leads with all
 * registers the guest's; host_trap_entry is for traps while no guest runs.
 */
#include "hv/vcpu.h"

/* void vcpu_run(struct vcpu *vcpu) */
    .text
    .globl vcpu_run
    .type vcpu_run, @function
vcpu_run:
    la a0, missing
    tail die
    .size vcpu_run, . - vcpu_run

    .section .rodata
missing:
    .asciz "vcpu_run() is not implemented"
    .section .note.GNU-stack, "", @progbits

//@ create tests/labs/P1-hypervisor/hv/exit.c
#include "hv/exit.h"

#include <stdarg.h>
#include <stdbool.h>

#include "hv/event.h"
#include "hv/gstage.h"
#include "hv/guest_mem.h"
#include "hv/host.h"
#include "hv/plic.h"
#include "hv/print.h"
#include "hv/sbi.h"
#include "hv/timer.h"
#include "toyos/lib/format.h"

_Noreturn void
guest_died(const struct vcpu *vcpu, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    format_buffer(text, sizeof(text), fmt, args);
    va_end(args);
    say("the guest died: %s", text);
    say("  pc 0x%lx, scause 0x%lx, stval 0x%lx", vcpu->pc, vcpu->scause, vcpu->stval);
    for (unsigned n = 1; n < X_COUNT; n++)
        say("  %s 0x%lx", riscv_register_name(n), vcpu->x[n]);
    machine_end(STATUS_DIED);
}

void
exit_serve(struct vcpu *vcpu)
{
    die("exit_serve() is not implemented: scause 0x%lx, stval 0x%lx, htval 0x%lx, pc 0x%lx",
        vcpu->scause, vcpu->stval, vcpu->htval, vcpu->pc);
}

//@ create tests/labs/P1-hypervisor/hv/sbi.c
#include "hv/sbi.h"

#include "hv/event.h"
#include "hv/hypercall.h"
#include "hv/print.h"
#include "hv/timer.h"
#include "hv/uart.h"

void
sbi_serve(struct vcpu *vcpu)
{
    die("sbi_serve() is not implemented: extension 0x%lx, function %lu", vcpu->x[X_A7],
        vcpu->x[X_A0 + 6]);
}

//@ create tests/labs/P1-hypervisor/hv/timer.c
#include "hv/timer.h"

#include "abi/guest.h"
#include "hv/csr.h"
#include "hv/print.h"

void
timer_set(uint64_t when)
{
    die("timer_set(%lu) is not implemented", when);
}

void
timer_interrupt(void)
{
    die("timer_interrupt() is not implemented");
}

//@ create tests/labs/P1-hypervisor/hv/event.c
#include "hv/event.h"

#include "hv/csr.h"
#include "hv/hypercall.h"
#include "hv/uart.h"

/* Not implemented: nothing is ever pending. */
void
events_update(void)
{
}

struct sbi_ret
hc_event_select(struct vcpu *vcpu, uint64_t chosen)
{
    (void)vcpu;
    (void)chosen;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

//@ replace tests/labs/P1-hypervisor/hv/console.c
struct sbi_ret
hc_console_write(struct vcpu *vcpu, uint64_t text, uint64_t text_len)
{
    (void)vcpu;
    (void)text;
    (void)text_len;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

struct sbi_ret
hc_console_read(struct vcpu *vcpu, uint64_t text, uint64_t text_len)
{
    (void)vcpu;
    (void)text;
    (void)text_len;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

//@ replace tests/labs/P1-hypervisor/hv/hc_system.c
struct sbi_ret
hc_handshake(struct vcpu *vcpu, uint64_t abi_version, uint64_t info, uint64_t info_len)
{
    (void)vcpu;
    (void)abi_version;
    (void)info;
    (void)info_len;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

struct sbi_ret
hc_power_off(struct vcpu *vcpu, uint64_t status)
{
    (void)vcpu;
    (void)status;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

struct sbi_ret
hc_memory_release(struct vcpu *vcpu, uint64_t pages, uint64_t pages_len)
{
    (void)vcpu;
    (void)pages;
    (void)pages_len;
    return sbi_error(SBI_ERR_NOT_SUPPORTED);
}

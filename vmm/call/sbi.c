/* SBI calls that KVM leaves to user space. BASE, TIME, IPI, RFENCE, HSM and SRST it serves itself.
 */
#include "vmm/call/sbi.h"

#include <linux/kvm.h>

#include "vmm/call/hypercall.h"
#include "vmm/device/console.h"
#include "vmm/machine/vcpu.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/trace_exit.h"

/* Debug console, SBI 2.0 §12. It shares the console with the hypercalls. */
static struct sbi_ret
debug_console(struct vcpu *vcpu, uint64_t function, const uint64_t reg[6])
{
    struct console *console = &vcpu->vm->console;
    char byte = (char)reg[0];
    void *buffer;

    if (function == SBI_DBCN_WRITE_BYTE) {
        struct sbi_ret ret = console_write(console, &byte, 1);
        return ret.error ? ret : sbi_value(0);
    }
    if (function != SBI_DBCN_WRITE && function != SBI_DBCN_READ)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    /* reg[2] is the address's upper half beyond 64 bits. */
    buffer = reg[2] ? NULL : guest_mem_slice(&vcpu->vm->mem, reg[1], reg[0]);
    if (!buffer)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (function == SBI_DBCN_WRITE)
        return console_write(console, buffer, reg[0]);
    struct sbi_ret ret = console_read(console, buffer, reg[0]);
    /* The debug console knows no end of file: there is nothing to read. */
    return ret.error == DUET_ERR_END_OF_FILE ? sbi_value(0) : ret;
}

/* Kept out of sbi_serve: what it needs of stack and registers no hypercall has to save. */
__attribute__((noinline)) static struct sbi_ret
other_serve(struct vcpu *vcpu, uint64_t extension, uint64_t function, const uint64_t reg[6])
{
    struct sbi_ret ret = sbi_error(SBI_ERR_NOT_SUPPORTED);

    counter_add(&vcpu->stats.exits[EXIT_SBI], 1);
    /* KVM asks us whether an extension in a range that it forwards is there (SBI 2.0 §4.4). */
    if (extension == SBI_BASE && function == SBI_BASE_PROBE)
        ret = sbi_value(reg[0] == DUET_SBI_EXT || reg[0] == SBI_DBCN);
    else if (extension == SBI_DBCN)
        ret = debug_console(vcpu, function, reg);
    if (vcpu->vm->trace)
        trace_sbi(vcpu, extension, function, reg, ret);
    return ret;
}

static void
result_give(struct vcpu *vcpu, struct sbi_ret ret)
{
    vcpu->run->riscv_sbi.ret[0] = (unsigned long)ret.error;
    vcpu->run->riscv_sbi.ret[1] = ret.value;
}

void
sbi_serve(struct vcpu *vcpu)
{
    uint64_t extension = vcpu->run->riscv_sbi.extension_id;
    uint64_t function = vcpu->run->riscv_sbi.function_id;
    const uint64_t *reg = vcpu->run->riscv_sbi.args; /* shared with KVM alone, not with the guest */

    if (extension == DUET_SBI_EXT)
        result_give(vcpu, hypercall_serve(vcpu, function, reg));
    else
        result_give(vcpu, other_serve(vcpu, extension, function, reg));
}

/* The debug console (SBI 2.0 §12). It shares the console of the hypercalls. */
#include <asm/kvm.h>

#include "vmm/call/sbi.h"
#include "vmm/device/console.h"
#include "vmm/machine/vm.h"

static struct sbi_ret
serve(struct vcpu *vcpu, uint64_t function, const uint64_t reg[6])
{
    struct console *console = console_of(vcpu->vm);
    char byte = (char)reg[0];
    void *buffer;

    if (function == SBI_DBCN_WRITE_BYTE) {
        struct sbi_ret ret = console_write(console, &byte, 1);
        return ret.error ? ret : sbi_value(0);
    }
    if (function != SBI_DBCN_WRITE && function != SBI_DBCN_READ)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    /* reg[2] holds the address bits beyond 64. */
    buffer = reg[2] ? NULL : guest_mem_slice(&vcpu->vm->mem, reg[1], reg[0]);
    if (!buffer)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (function == SBI_DBCN_WRITE)
        return console_write(console, buffer, reg[0]);
    struct sbi_ret ret = console_read(console, buffer, reg[0]);
    guest_mem_written(&vcpu->vm->mem, buffer, ret.value);
    /* The debug console has no end of file. At the end it reads nothing. */
    return ret.error == DUET_ERR_END_OF_FILE ? sbi_value(0) : ret;
}

static const struct sbi_function functions[] = {
    {SBI_DBCN_WRITE, "debug_console_write", {"len", "address", "address_high"}},
    {SBI_DBCN_READ, "debug_console_read", {"len", "address", "address_high"}},
    {SBI_DBCN_WRITE_BYTE, "debug_console_write_byte", {"byte"}},
    {0},
};

const struct sbi_extension sbi_debug_console = {
    .id = SBI_DBCN,
    .name = "debug console",
    .probe = 1,
    .serve = serve,
    .kvm_number = KVM_RISCV_SBI_EXT_DBCN,
    .function = functions,
};

/* The instruction set that KVM gives to a guest. */
#include "vmm/boot/isa.h"

#include <asm/kvm.h>
#include <stdio.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"

/* Multi-letter extensions in the canonical order (Unprivileged, "ISA Extension Naming
 * Conventions"): Z by the second letter, then S. The list leaves out what the headers of the oldest
 * supported kernel lack, and what KVM leaves to user space (the seed CSR of Zkr). Only Zicbom and
 * Zicboz need properties of their own in the device tree; isa_read() reads them. */
static const struct {
    unsigned id;
    const char *name;
} extension[] = {
    {KVM_RISCV_ISA_EXT_ZICBOM, "zicbom"},
    {KVM_RISCV_ISA_EXT_ZICBOZ, "zicboz"},
    {KVM_RISCV_ISA_EXT_ZICNTR, "zicntr"},
    {KVM_RISCV_ISA_EXT_ZICOND, "zicond"},
    {KVM_RISCV_ISA_EXT_ZICSR, "zicsr"},
    {KVM_RISCV_ISA_EXT_ZIFENCEI, "zifencei"},
    {KVM_RISCV_ISA_EXT_ZIHINTNTL, "zihintntl"},
    {KVM_RISCV_ISA_EXT_ZIHINTPAUSE, "zihintpause"},
    {KVM_RISCV_ISA_EXT_ZIHPM, "zihpm"},
    {KVM_RISCV_ISA_EXT_ZACAS, "zacas"},
    {KVM_RISCV_ISA_EXT_ZFA, "zfa"},
    {KVM_RISCV_ISA_EXT_ZFH, "zfh"},
    {KVM_RISCV_ISA_EXT_ZFHMIN, "zfhmin"},
    {KVM_RISCV_ISA_EXT_ZBA, "zba"},
    {KVM_RISCV_ISA_EXT_ZBB, "zbb"},
    {KVM_RISCV_ISA_EXT_ZBC, "zbc"},
    {KVM_RISCV_ISA_EXT_ZBKB, "zbkb"},
    {KVM_RISCV_ISA_EXT_ZBKC, "zbkc"},
    {KVM_RISCV_ISA_EXT_ZBKX, "zbkx"},
    {KVM_RISCV_ISA_EXT_ZBS, "zbs"},
    {KVM_RISCV_ISA_EXT_ZKND, "zknd"},
    {KVM_RISCV_ISA_EXT_ZKNE, "zkne"},
    {KVM_RISCV_ISA_EXT_ZKNH, "zknh"},
    {KVM_RISCV_ISA_EXT_ZKSED, "zksed"},
    {KVM_RISCV_ISA_EXT_ZKSH, "zksh"},
    {KVM_RISCV_ISA_EXT_ZKT, "zkt"},
    {KVM_RISCV_ISA_EXT_SSCOFPMF, "sscofpmf"},
    {KVM_RISCV_ISA_EXT_SSTC, "sstc"},
    {KVM_RISCV_ISA_EXT_SVINVAL, "svinval"},
    {KVM_RISCV_ISA_EXT_SVNAPOT, "svnapot"},
    {KVM_RISCV_ISA_EXT_SVPBMT, "svpbmt"},
};

/* The block size in bytes; 0 if the register holds no power of two (CMO 1.0 §2.7). */
static uint32_t
block_size(int vcpu_fd, uint64_t reg)
{
    uint64_t size;

    if (reg_get(vcpu_fd, reg, &size) || size > UINT32_MAX || size & (size - 1))
        return 0;
    return (uint32_t)size;
}

int
isa_read(int vcpu_fd, struct isa *isa)
{
    static const char letter[] = "imafdcv"; /* in the canonical order */
    const size_t size = sizeof(isa->name);
    size_t len = (size_t)snprintf(isa->name, size, "rv64");
    uint64_t letters, enabled[KVM_RISCV_ISA_EXT_MAX / 64 + 1] = {0};

    if (reg_get(vcpu_fd, REG_CONFIG(isa), &letters) ||
        reg_get(vcpu_fd, REG_ISA_EXT_SET(0), &enabled[0]))
        return fail_errno("KVM does not say which instruction set the guest has");
    /* An old kernel does not know the registers of a later set, so none of its extensions is
     * present. */
    for (unsigned set = 1; set < sizeof(enabled) / sizeof(enabled[0]); set++)
        if (reg_get(vcpu_fd, REG_ISA_EXT_SET(set), &enabled[set]))
            enabled[set] = 0;
    isa->cbom_block = block_size(vcpu_fd, REG_CONFIG(zicbom_block_size));
    isa->cboz_block = block_size(vcpu_fd, REG_CONFIG(zicboz_block_size));
    if (!isa->cbom_block)
        enabled[KVM_RISCV_ISA_EXT_ZICBOM / 64] &= ~(1ULL << KVM_RISCV_ISA_EXT_ZICBOM % 64);
    if (!isa->cboz_block)
        enabled[KVM_RISCV_ISA_EXT_ZICBOZ / 64] &= ~(1ULL << KVM_RISCV_ISA_EXT_ZICBOZ % 64);
    for (const char *l = letter; *l; l++)
        if (letters >> (*l - 'a') & 1)
            len += (size_t)snprintf(isa->name + len, size - len, "%c", *l);
    for (size_t i = 0; i < sizeof(extension) / sizeof(extension[0]); i++)
        if (enabled[extension[i].id / 64] >> extension[i].id % 64 & 1 && len < size)
            len += (size_t)snprintf(isa->name + len, size - len, "_%s", extension[i].name);
    return len < size ? 0 : fail("the guest's instruction set has too long a name: %s", isa->name);
}

bool
isa_has(int vcpu_fd, char letter)
{
    uint64_t letters;

    return reg_get(vcpu_fd, REG_CONFIG(isa), &letters) == 0 && letters >> (letter - 'a') & 1;
}

const char *
isa_mmu(int vcpu_fd)
{
    uint64_t mode;

    if (reg_get(vcpu_fd, REG_CONFIG(satp_mode), &mode))
        return "riscv,sv39";
    return mode == SATP_MODE_SV57   ? "riscv,sv57"
           : mode == SATP_MODE_SV48 ? "riscv,sv48"
                                    : "riscv,sv39";
}

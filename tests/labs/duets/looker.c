//@ why The grader's duet for labs about memory: it shows on stderr what the guest's page tables are, at each null call.
//@ create vmm/call/look.c
/* The page tables of the calling hart, as they are in RAM. The guest is not asked: what its kernel prints, or answers
 * to its programs, is not in here. A line each: `look NUMBER`; then `VA PA BYTES FLAGS WORD` for what is mapped, in
 * hexadecimal, FLAGS being the low ten bits of the entry and WORD the first 8 bytes of a page of the lower half;
 * then `looked`. What goes on in the upper half is one line, and so is a page of the lower half. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/call/hypercall.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vm.h"

#define ENTRIES 512
#define HALF    ((uint64_t)1 << 63)

struct piece {
    uint64_t va, pa, bytes, flags;
};

static void
piece_print(const struct guest_mem *mem, const struct piece *piece)
{
    const void *page = piece->va < HALF ? guest_mem_slice(mem, piece->pa, PAGE_SIZE) : NULL;
    uint64_t word = 0;

    if (page)
        memcpy(&word, page, sizeof(word));
    if (piece->bytes)
        fprintf(stderr, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", piece->va,
                piece->pa, piece->bytes, piece->flags, word);
}

/* The next piece goes on where `last` ends, or that is printed. */
static void
piece_add(const struct guest_mem *mem, struct piece *last, const struct piece *next)
{
    if (next->va >= HALF && last->flags == next->flags && last->va + last->bytes == next->va &&
        last->pa + last->bytes == next->pa) {
        last->bytes += next->bytes;
        return;
    }
    piece_print(mem, last);
    *last = *next;
}

static void
table_look(const struct guest_mem *mem, uint64_t table, uint64_t va, int level, struct piece *last)
{
    const uint64_t *entry = guest_mem_slice(mem, table, PAGE_SIZE);
    uint64_t span = (uint64_t)PAGE_SIZE << 9 * level;

    if (!entry)
        fprintf(stderr, "no RAM at %" PRIx64 " for a table of %" PRIx64 "\n", table, va);
    for (unsigned i = 0; entry && i < ENTRIES; i++) {
        uint64_t pte = __atomic_load_n(&entry[i], __ATOMIC_RELAXED);
        struct piece next = {va + i * span, (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT,
                             span, pte & 0x3ff};
        if (level == 2 && i >= ENTRIES / 2)
            next.va |= ~(uint64_t)0 << 39;
        if (!(pte & PTE_V))
            continue;
        if (pte & (PTE_R | PTE_W | PTE_X))
            piece_add(mem, last, &next);
        else if (level > 0)
            table_look(mem, next.pa, next.va, level - 1, last);
        else
            fprintf(stderr, "a table where a page must be, at %" PRIx64 "\n", next.va);
    }
}

struct sbi_ret
look(struct vcpu *vcpu)
{
    static atomic_uint count;
    struct piece last = {0};
    uint64_t satp = 0;

    reg_get(vcpu->fd, REG_CSR(satp), &satp);
    fprintf(stderr, "look %u\n", atomic_fetch_add(&count, 1));
    if (satp >> SATP_MODE_SHIFT == SATP_MODE_SV39)
        table_look(&vcpu->vm->mem, (satp & SATP_PPN_MASK) << PAGE_SHIFT, 0, 2, &last);
    else
        fprintf(stderr, "paging is not Sv39: satp is %" PRIx64 "\n", satp);
    piece_print(&vcpu->vm->mem, &last);
    fprintf(stderr, "looked\n");
    return sbi_value(0);
}
//@ substitute vmm/call/hc_system.c #include "vmm/machine/vm.h" => #include "vmm/machine/vm.h"\n\nstruct sbi_ret look(struct vcpu *vcpu); /* look.c */
//@ replace vmm/call/hc_system.c
struct sbi_ret
hc_null(struct vcpu *vcpu)
{
    return look(vcpu);
}

struct sbi_ret
hc_power_off(struct vcpu *vcpu, uint64_t status)
{
    if (status > DUET_STATUS_MAX)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    look(vcpu);
    vm_end(vcpu->vm, (unsigned)status);
    return sbi_value(0);
}

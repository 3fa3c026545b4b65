/* Translates guest virtual to guest physical addresses. The guest wrote the tables, so nothing in
 * them is trusted, and each entry is read once. */
#include "vmm/guest/page_walk.h"

#include <string.h>

#include "common/riscv.h"

#define INDEX_BITS 9 /* address bits for each level */

bool
page_walk_each(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa,
               page_walk_visit *visit, void *context)
{
    uint64_t mode = satp >> SATP_MODE_SHIFT;
    uint64_t table = (satp & SATP_PPN_MASK) << PAGE_SHIFT;
    int levels = (int)(mode - SATP_MODE_SV39) + 3;
    int unused; /* the upper bits that are used; all bits above equal the highest of them */

    if (mode == SATP_MODE_BARE) {
        *gpa = gva;
        return true;
    }
    if (mode < SATP_MODE_SV39 || mode > SATP_MODE_SV57)
        return false;
    unused = 64 - PAGE_SHIFT - levels * INDEX_BITS;
    if ((uint64_t)((int64_t)(gva << unused) >> unused) != gva)
        return false;
    for (int level = levels - 1; level >= 0; level--) {
        int shift = PAGE_SHIFT + level * INDEX_BITS;
        uint64_t index = gva >> shift & ((1 << INDEX_BITS) - 1);
        const uint64_t *slot =
            guest_mem_slice(mem, table + index * sizeof(uint64_t), sizeof(*slot));
        uint64_t pte = slot ? __atomic_load_n(slot, __ATOMIC_RELAXED) : 0;
        uint64_t base = (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT;
        uint64_t inside = ((uint64_t)1 << shift) - 1;

        if (slot && visit)
            visit(context, level, table + index * sizeof(uint64_t), pte);
        if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W) /* the latter is reserved */
            return false;
        if (pte & (PTE_R | PTE_X)) {
            if (base & inside) /* a misaligned superpage */
                return false;
            if (level == 0 && pte >> 63) /* Svnapot: 64 KiB, the lowest bits of the PPN say so */
                inside = 0xffff;
            *gpa = (base & ~inside) | (gva & inside);
            return true;
        }
        table = base;
    }
    return false;
}

bool
page_walk(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa)
{
    return page_walk_each(mem, satp, gva, gpa, NULL, NULL);
}

bool
page_walk_read(const struct guest_mem *mem, uint64_t satp, uint64_t gva, void *to, uint64_t len)
{
    while (len > 0) {
        uint64_t part = PAGE_SIZE - gva % PAGE_SIZE;
        uint64_t gpa;
        const void *from;

        if (part > len)
            part = len;
        if (!page_walk(mem, satp, gva, &gpa) || !(from = guest_mem_slice(mem, gpa, part)))
            return false;
        memcpy(to, from, part);
        to = (char *)to + part;
        gva += part;
        len -= part;
    }
    return true;
}

/* Translates guest virtual to guest physical addresses. The guest wrote the tables, so nothing in
 * them is trusted, and each entry is read once. */
#include "vmm/guest/page_walk.h"

#include <string.h>

#include "common/riscv.h"

#define INDEX_BITS 9 /* address bits for each level */

enum pte_kind { PTE_NOTHING, PTE_TABLE, PTE_LEAF };

/* What an entry of `level` leads to: a table, or a page of which an address keeps the bits
 * `inside`. */
static enum pte_kind
pte_decode(uint64_t pte, int level, uint64_t *base, uint64_t *inside)
{
    *base = (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT;
    *inside = ((uint64_t)1 << (PAGE_SHIFT + level * INDEX_BITS)) - 1;
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W) /* the latter is reserved */
        return PTE_NOTHING;
    if (!(pte & (PTE_R | PTE_X)))
        return PTE_TABLE;
    if (*base & *inside) /* a misaligned superpage */
        return PTE_NOTHING;
    if (level == 0 && pte >> 63) /* Svnapot: 64 KiB, the lowest bits of the PPN say so */
        *inside = 0xffff;
    *base &= ~*inside;
    return PTE_LEAF;
}

/* The tables' levels, 3 to 5. */
static int
levels_of(uint64_t satp)
{
    return (int)((satp >> SATP_MODE_SHIFT) - SATP_MODE_SV39) + 3;
}

static bool
has_tables(uint64_t satp)
{
    uint64_t mode = satp >> SATP_MODE_SHIFT;

    return mode >= SATP_MODE_SV39 && mode <= SATP_MODE_SV57;
}

/* page_walk_each() where there are tables, for an address that they can have. Sets the level at
 * which the walk ended. */
static bool
tables_walk(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa, int *level,
            page_walk_visit *visit, void *context)
{
    uint64_t table = (satp & SATP_PPN_MASK) << PAGE_SHIFT;

    for (*level = levels_of(satp) - 1; *level >= 0; --*level) {
        uint64_t index = gva >> (PAGE_SHIFT + *level * INDEX_BITS) & ((1 << INDEX_BITS) - 1);
        const uint64_t *slot =
            guest_mem_slice(mem, table + index * sizeof(uint64_t), sizeof(*slot));
        uint64_t pte, base, inside;

        if (!slot)
            return false;
        pte = __atomic_load_n(slot, __ATOMIC_RELAXED);
        if (visit)
            visit(context, *level, table + index * sizeof(uint64_t), pte);
        switch (pte_decode(pte, *level, &base, &inside)) {
        case PTE_NOTHING:
            return false;
        case PTE_LEAF:
            *gpa = base | (gva & inside);
            return true;
        case PTE_TABLE:
            table = base;
        }
    }
    *level = 0;
    return false;
}

bool
page_walk_each(const struct guest_mem *mem, uint64_t satp, uint64_t gva, uint64_t *gpa,
               page_walk_visit *visit, void *context)
{
    int unused; /* the upper bits that are used; all bits above equal the highest of them */
    int level;

    if (satp >> SATP_MODE_SHIFT == SATP_MODE_BARE) {
        *gpa = gva;
        return true;
    }
    if (!has_tables(satp))
        return false;
    unused = 64 - PAGE_SHIFT - levels_of(satp) * INDEX_BITS;
    if ((uint64_t)((int64_t)(gva << unused) >> unused) != gva)
        return false;
    return tables_walk(mem, satp, gva, gpa, &level, visit, context);
}

/* An area that is gathered from pages beside each other. */
struct area {
    uint64_t gva, gpa, len;
};

/* Adds what of [gpa, gpa + len) is RAM to the area; one that is complete goes to `take`. */
static bool
area_add(struct area *area, const struct guest_mem *mem, uint64_t gva, uint64_t gpa, uint64_t len,
         page_walk_area *take, void *context)
{
    uint64_t begin = gpa > mem->base ? gpa : mem->base;
    uint64_t end = gpa + len < mem->base + mem->size ? gpa + len : mem->base + mem->size;

    if (begin >= end)
        return true;
    gva += begin - gpa;
    if (area->len && area->gva + area->len == gva && area->gpa + area->len == begin) {
        area->len += end - begin;
        return true;
    }
    if (area->len && !take(context, area->gva, area->gpa, area->len))
        return false;
    *area = (struct area){.gva = gva, .gpa = begin, .len = end - begin};
    return true;
}

bool
page_walk_all(const struct guest_mem *mem, uint64_t satp, page_walk_area *take, void *context)
{
    struct area area = {0};
    uint64_t half, gva = 0;

    if (satp >> SATP_MODE_SHIFT == SATP_MODE_BARE)
        return take(context, mem->base, mem->base, mem->size);
    if (!has_tables(satp))
        return true;
    half = (uint64_t)1 << (PAGE_SHIFT + levels_of(satp) * INDEX_BITS - 1);
    for (unsigned steps = 0; steps < PAGE_WALK_STEPS_MAX; steps++) {
        uint64_t gpa = 0, len;
        int level;
        bool is_mapped = tables_walk(mem, satp, gva, &gpa, &level, NULL, NULL);

        len = (uint64_t)1 << (PAGE_SHIFT + level * INDEX_BITS);
        len -= gva & (len - 1); /* 0, unless the tables change meanwhile */
        if (is_mapped && !area_add(&area, mem, gva, gpa, len, take, context))
            return false;
        gva += len;
        if (gva == half)
            gva = -half; /* between the halves no address is one */
        else if (gva == 0)
            return !area.len || take(context, area.gva, area.gpa, area.len);
    }
    if (area.len)
        take(context, area.gva, area.gpa, area.len);
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

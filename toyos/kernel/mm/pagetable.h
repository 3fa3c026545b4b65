/*
 * Page tables (Privileged 1.12 §4.3 to §4.5): entries, finding and making them, and walking over a
 * range of addresses. PAGETABLE_LEVELS (layout.h) says how many levels there are. Level 0 has the
 * pages; an entry of level n leads to PAGETABLE_SPAN(n) bytes of addresses.
 */
#ifndef TOYOS_PAGETABLE_H
#define TOYOS_PAGETABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/riscv.h"
#include "toyos/kernel/layout.h"

typedef uint64_t pte_t;

#define PAGETABLE_BITS             9 /* of an address choose the entry of a level */
#define PAGETABLE_ENTRIES          (1 << PAGETABLE_BITS)
#define PAGETABLE_SHIFT(level)     (PAGE_SHIFT + PAGETABLE_BITS * (level))
#define PAGETABLE_SPAN(level)      (1ul << PAGETABLE_SHIFT(level))
#define PAGETABLE_INDEX(va, level) ((va) >> PAGETABLE_SHIFT(level) & (PAGETABLE_ENTRIES - 1))

static inline void *
pa_to_kva(uint64_t pa)
{
    return (void *)(pa + KVA_OFFSET);
}

/* The physical address of a byte in the linear map (layout.h); any other address is a panic. */
uint64_t kva_to_pa(const void *kva);

static inline uint64_t
pte_to_pa(pte_t pte)
{
    return (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT;
}

/* The page or the table that an entry leads to. */
static inline void *
pte_page(pte_t pte)
{
    return pa_to_kva(pte_to_pa(pte));
}

/* A valid entry. Without PTE_R, PTE_W or PTE_X in `flags` it leads to a table. */
static inline pte_t
pte_make(uint64_t pa, uint64_t flags)
{
    return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | flags | PTE_V;
}

/* The entry of the page at `va`, which may be 0; NULL: there is no table for it. */
static inline pte_t *
pagetable_find(pte_t *root, uint64_t va)
{
    pte_t *table = root;

#pragma GCC unroll 8 /* the kernel does this for each piece of user memory that it copies */
    for (unsigned level = PAGETABLE_LEVELS - 1; level > 0; level--) {
        pte_t pte = table[PAGETABLE_INDEX(va, level)];
        if (!(pte & PTE_V))
            return NULL;
        table = pte_page(pte);
    }
    return &table[PAGETABLE_INDEX(va, 0)];
}

/* The entry of `va` at `level`, with tables made on the way; NULL: no page is left for one. */
pte_t *pagetable_make(pte_t *root, uint64_t va, unsigned level);

/* What a walk does. Its functions get it, so that it can be the first part of something larger. */
struct pagetable_visitor {
    /* For each table of level 0: the `count` entries from `entry` on, of the pages from `va` on.
     * They may be 0. False ends the walk. */
    bool (*pages)(const struct pagetable_visitor *self, pte_t *entry, unsigned count, uint64_t va);

    /* After all in it has been visited: the entry that leads to a table. NULL: nothing is to be
     * done. */
    void (*table)(pte_t *entry);
};

/* Visits the entries of the addresses [first, last], in the tables that there are. False: a visit
 * ended it. */
bool pagetable_walk(pte_t *root, uint64_t first, uint64_t last,
                    const struct pagetable_visitor *visitor);

/* Frees the pages of [first, last] and all tables on the way to them but the root. The tables must
 * have pages for nothing else. Entries stay as they were. */
void pagetable_free(pte_t *root, uint64_t first, uint64_t last);

/* This hart uses the table from now on, and forgets its translations of the user's half (§4.2.1).
 */
void pagetable_use(const pte_t *root);

#endif

/* The user's half of an address space: creating, sharing, growing and freeing it, and page
 * faults. */
#include "toyos/kernel/uvm/uvm.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/mm/kernel_map.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/kernel/uvm/file_map.h"

#define USER_ENTRIES (PAGETABLE_ENTRIES / 2) /* entries of the root for the lower half */
#define PTE_LEAF     (PTE_R | PTE_W | PTE_X)
#define PTE_USER     (PTE_U | PTE_A | PTE_D)

/* A bit for software (Privileged 1.12 §4.4.1, RSW): the page may be written to, once the process
 * has its own copy. */
#define PTE_COW 0x100

/* Makes every hart see a change of the page table. */
static void
fence(const struct uvm *uvm)
{
    tlb_flush_user();
    if (uvm->is_shared)
        hart_fence_others(uvm->root);
}

bool
uvm_create(struct uvm *uvm)
{
    *uvm = (struct uvm){.lock = LOCK_INIT("uvm"), .areas_start = UVM_TOP};
    uvm->root = page_alloc_raw();
    if (!uvm->root)
        return false;
    memset(uvm->root, 0, USER_ENTRIES * sizeof(pte_t));
    memcpy(uvm->root + USER_ENTRIES, kernel_map_root + USER_ENTRIES, USER_ENTRIES * sizeof(pte_t));
    return true;
}

void
uvm_destroy(struct uvm *uvm)
{
    if (!uvm->root)
        return;
    /* uvm_unmap leaves empty tables where it likes. */
    if (uvm->areas_start < UVM_TOP || uvm->is_shared)
        pagetable_free(uvm->root, 0, USER_TOP - 1);
    else if (uvm->size)
        pagetable_free(uvm->root, 0, uvm->size - 1);
    page_free(uvm->root);
    uvm->root = NULL;
    uvm_close_areas(uvm);
}

/* The entry for page `va`; NULL if there is no table for it, or the address is not a user's. */
static inline pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    return va < USER_TOP ? pagetable_find(uvm->root, va) : NULL;
}

/* Maps the page and takes over its reference. False if there is no memory for a table. */
static bool
map_page(struct uvm *uvm, uint64_t va, void *page, uint64_t flags)
{
    pte_t *pte = pagetable_make(uvm->root, va, 0);

    if (!pte)
        return false;
    *pte = pte_make((uint64_t)page - KVA_OFFSET, flags | PTE_USER);
    return true;
}

void *
uvm_map(struct uvm *uvm, uint64_t va, uint64_t access)
{
    void *page = page_alloc_raw();

    if (page && !map_page(uvm, va, page, access)) {
        page_free(page);
        page = NULL;
    }
    return page;
}

bool
uvm_map_zeros(struct uvm *uvm, uint64_t va, uint64_t flags)
{
    void *page = uvm_map(uvm, va, flags);

    if (page)
        memset(page, 0, PAGE_SIZE);
    return page;
}

struct share {
    struct pagetable_visitor visitor;
    pte_t *to; /* the root of the process that comes to share the pages */
};

static bool
share_pages(const struct pagetable_visitor *self, pte_t *from, unsigned count, uint64_t va)
{
    pte_t *to = pagetable_make(((const struct share *)(const void *)self)->to, va, 0);

    if (!to)
        return false;
    for (unsigned i = 0; i < count; i++) {
        pte_t pte = from[i];
        if (!(pte & PTE_V))
            continue;
        if ((pte & (PTE_W | PTE_SHARED)) == PTE_W) {
            pte ^= PTE_W | PTE_COW;
            from[i] = pte;
        }
        page_share(pte_page(pte));
        to[i] = pte;
    }
    return true;
}

/* Makes `to` share the pages of [first, last]. False if memory runs out. */
static bool
share_range(const struct uvm *to, const struct uvm *from, uint64_t first, uint64_t last)
{
    const struct share share = {{.pages = share_pages}, to->root};

    return pagetable_walk(from->root, first, last, &share.visitor);
}

/* Gives the process its own copy of a page that it shares. */
static int
break_sharing(struct uvm *uvm, pte_t *pte)
{
    void *old = pte_page(*pte), *page = old;

    if (!page_is_sole(old)) {
        page = page_alloc_raw();
        if (!page)
            return -ENOMEM;
        memcpy(page, old, PAGE_SIZE);
    }
    *pte = pte_make((uint64_t)page - KVA_OFFSET, (*pte & (PTE_LEAF | PTE_USER)) | PTE_W);
    fence(uvm);
    if (page != old)
        page_free(old);
    return 0;
}

/* Gives each of the two processes its own copy of a page that both are about to write to. */
static bool
split_page(struct uvm *to, struct uvm *from, uint64_t va)
{
    pte_t *to_pte = find_entry(to, va), *from_pte = find_entry(from, va);

    if (!to_pte || !(*to_pte & PTE_COW))
        return true;
    return break_sharing(to, to_pte) == 0 && break_sharing(from, from_pte) == 0;
}

bool
uvm_copy(struct uvm *to, struct uvm *from, uint64_t stack)
{
    bool ok = uvm_create(to);

    if (!ok)
        return false;
    lock_acquire(&from->lock);
    to->heap_start = from->heap_start;
    to->size = from->size;
    if (from->areas_start != UVM_TOP) {
        to->areas_start = from->areas_start;
        memcpy(to->areas, from->areas, sizeof(to->areas));
        for (unsigned i = 0; i < UVM_AREAS; i++)
            if (to->areas[i].inode)
                file_map_hold(to->areas[i].inode, to->areas[i].is_shared);
        ok = share_range(to, from, from->areas_start, UVM_TOP - 1);
    }
    if (ok && from->size)
        ok = share_range(to, from, 0, from->size - 1);
    if (ok)
        ok = split_page(to, from, stack);
    fence(from);
    lock_release(&from->lock);
    if (!ok)
        uvm_destroy(to);
    return ok;
}

/* Unmapping takes two steps with a fence in between, so that no hart has a translation to a free
 * page. */
static bool
disable_pages(const struct pagetable_visitor *self, pte_t *entry, unsigned count, uint64_t va)
{
    (void)self, (void)va;
    for (unsigned i = 0; i < count; i++)
        entry[i] &= ~(pte_t)PTE_V;
    return true;
}

static bool
free_disabled(const struct pagetable_visitor *self, pte_t *entry, unsigned count, uint64_t va)
{
    (void)self, (void)va;
    for (unsigned i = 0; i < count; i++) {
        if (entry[i])
            page_free(pte_page(entry[i]));
        entry[i] = 0;
    }
    return true;
}

static void
free_empty_table(pte_t *entry)
{
    const pte_t *table = pte_page(*entry);

    for (unsigned i = 0; i < PAGETABLE_ENTRIES; i++)
        if (table[i])
            return;
    page_free(pte_page(*entry));
    *entry = 0;
}

/* A table that another hart could still walk stays until the process ends. */
void
uvm_unmap(struct uvm *uvm, uint64_t start, uint64_t end)
{
    static const struct pagetable_visitor disable = {.pages = disable_pages};
    static const struct pagetable_visitor free_sole = {.pages = free_disabled,
                                                       .table = free_empty_table};
    static const struct pagetable_visitor free_shared = {.pages = free_disabled};

    if (start >= end)
        return;
    pagetable_walk(uvm->root, start, end - 1, &disable);
    fence(uvm);
    pagetable_walk(uvm->root, start, end - 1, uvm->is_shared ? &free_shared : &free_sole);
    tlb_flush_user(); /* the tables that have gone */
}

bool
uvm_grow(struct uvm *uvm, int64_t bytes, bool is_lazy, uint64_t *old)
{
    uint64_t size, old_end, end, va;
    bool ok = true;

    lock_acquire(&uvm->lock);
    *old = uvm->size;
    size = *old + (uint64_t)bytes;
    if (bytes < 0 && size > *old) /* below 0: as in xv6, nothing happens */
        size = *old;
    old_end = uvm_page_up(*old);
    end = uvm_page_up(size);
    if (size > uvm->areas_start) {
        ok = false;
    } else if (end < old_end) {
        uvm_unmap(uvm, end, old_end);
        if (uvm->heap_start > end)
            uvm->heap_start = end;
    } else if (!is_lazy) {
        /* Not begun when it cannot succeed, because that takes long. */
        ok = (end - old_end) / PAGE_SIZE <= page_count_free();
        for (va = old_end; ok && va < end; va += PAGE_SIZE)
            ok = uvm_map_zeros(uvm, va, PTE_R | PTE_W);
        if (!ok)
            uvm_unmap(uvm, old_end, end);
    }
    if (ok)
        uvm->size = size;
    lock_release(&uvm->lock);
    return ok;
}

/* Which accesses a missing page at `va` allows; 0 for none. Sets *area to the area that holds it;
 * NULL for the heap. */
static uint64_t
access_at(struct uvm *uvm, uint64_t va, struct uvm_area **area)
{
    *area = NULL;
    if (va >= uvm->heap_start && va < uvm->size)
        return PTE_R | PTE_W;
    *area = uvm_find_area(uvm, va);
    if (!*area || ((*area)->has_guard && va - (*area)->start < PAGE_SIZE))
        return 0;
    return (*area)->access;
}

/* -EAGAIN means that the page must come from the file of *area; see uvm_fault(). */
static int
fault_locked(struct uvm *uvm, uint64_t va, uint64_t access, struct uvm_area **area)
{
    pte_t *pte = find_entry(uvm, va);

    if (!pte || !(*pte & PTE_V)) {
        uint64_t allowed = access_at(uvm, va, area);
        if (!(allowed & access))
            return -EFAULT;
        if (*area && (*area)->inode)
            return -EAGAIN;
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : -ENOMEM;
    }
    /* Another thread was faster, and this hart still has the old translation. */
    if (*pte & access) {
        tlb_flush_user();
        return 0;
    }
    if (access == PTE_W && *pte & PTE_COW)
        return break_sharing(uvm, pte);
    return -EFAULT;
}

/* Maps a page of a file where it was missing. If by now a page is there or something else is
 * mapped, the page is not needed and the access is tried again. */
static int
place_page(struct uvm *uvm, uint64_t va, const struct uvm_area *wanted, void *page)
{
    const struct uvm_area *area = uvm_find_area(uvm, va);
    pte_t *pte = find_entry(uvm, va);
    uint64_t flags = wanted->access | (wanted->is_shared ? PTE_SHARED : 0);

    if (area && area->inode == wanted->inode && area->is_shared == wanted->is_shared &&
        area->access == wanted->access &&
        area->offset - area->start == wanted->offset - wanted->start && !(pte && *pte & PTE_V)) {
        if (map_page(uvm, va, page, flags)) {
            if (flags & PTE_X)
                icache_flush();
            return 0;
        }
        page_free(page);
        return -ENOMEM;
    }
    page_free(page);
    return 0;
}

/* Reading the file sleeps, so the lock is released for it. */
int
uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access)
{
    struct uvm_area *area, wanted;
    void *page;
    int error;

    lock_acquire(&uvm->lock);
    error = fault_locked(uvm, va, access, &area);
    if (error != -EAGAIN) {
        lock_release(&uvm->lock);
        return error;
    }
    wanted = *area;
    inode_hold(wanted.inode);
    lock_release(&uvm->lock);
    va &= -(uint64_t)PAGE_SIZE;
    error =
        file_map_page(wanted.inode, wanted.offset + (va - wanted.start), wanted.is_shared, &page);
    if (!error) {
        lock_acquire(&uvm->lock);
        error = place_page(uvm, va, &wanted, page);
        lock_release(&uvm->lock);
    }
    inode_put(wanted.inode);
    return error == -EAGAIN ? 0 : error; /* the area was unmapped meanwhile */
}

char *
uvm_reach(struct uvm *uvm, uint64_t va, uint64_t access)
{
    pte_t *pte = find_entry(uvm, va);
    struct uvm_area *area;

    if (!pte || (*pte & (access | PTE_V)) != (access | PTE_V)) {
        if (fault_locked(uvm, va, access, &area) < 0)
            return NULL;
        pte = find_entry(uvm, va);
    }
    return (char *)pte_page(*pte) + va % PAGE_SIZE;
}

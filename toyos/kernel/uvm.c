/* The user's half of an address space: making, sharing, growing and freeing it, and page faults. */
#include "toyos/kernel/uvm.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/hart.h"
#include "toyos/kernel/page.h"
#include "toyos/kernel/riscv_ops.h"

#define USER_ENTRIES 256 /* of the root: the lower half */
#define PTE_LEAF     (PTE_R | PTE_W | PTE_X)
#define PTE_USER     (PTE_U | PTE_A | PTE_D)

/* For software (Privileged 1.12 §4.4.1, RSW). COW: may be written to, once it has a page of its
 * own. SHARED: stays the same page after a fork. */
#define PTE_COW    0x100
#define PTE_SHARED 0x200

/* Tables are walked over a range [first, last] of addresses. At each level only the first and the
 * last entry of the range are parts: for the others the range goes on to the end of the entry. */
#define INDEX(va, level) ((va) >> (PAGE_SHIFT + 9 * (level)) & 511)
#define ENTRY_FIRST(i)   ((i) == INDEX(first, level) ? first : 0)
#define ENTRY_LAST(i)    ((i) == INDEX(last, level) ? last : UINT64_MAX)

static uint64_t
page_up(uint64_t va)
{
    return (va + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

static void *
pte_page(pte_t pte)
{
    return pa_to_kva(pte_to_pa(pte));
}

/* What was changed in the page table counts from now on. */
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
    memset(uvm->root, 0, PAGE_SIZE / 2);
    memcpy(uvm->root + USER_ENTRIES, kvm_root + USER_ENTRIES, PAGE_SIZE / 2);
    return true;
}

/* Free the pages of a range and all tables on the way to them. */
static void
free_tables(pte_t *table, unsigned level, uint64_t first, uint64_t last)
{
    for (uint64_t i = INDEX(first, level); i <= INDEX(last, level); i++) {
        pte_t pte = table[i];
        if (!(pte & PTE_V))
            continue;
        if (level)
            free_tables(pte_page(pte), level - 1, ENTRY_FIRST(i), ENTRY_LAST(i));
        page_free(pte_page(pte));
    }
}

void
uvm_destroy(struct uvm *uvm)
{
    if (!uvm->root)
        return;
    if (uvm->areas_start < UVM_TOP || uvm->is_shared) /* unmap has left tables where it likes */
        free_tables(uvm->root, 2, 0, USER_TOP - 1);
    else if (uvm->size)
        free_tables(uvm->root, 2, 0, uvm->size - 1);
    page_free(uvm->root);
    uvm->root = NULL;
}

/* The entry of `va` for a page; NULL if there is no table for it, or it is no user's address. */
static inline pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    pte_t pte;

    if (va >= USER_TOP)
        return NULL;
    pte = uvm->root[INDEX(va, 2)];
    if (!(pte & PTE_V))
        return NULL;
    pte = ((pte_t *)pte_page(pte))[INDEX(va, 1)];
    if (!(pte & PTE_V))
        return NULL;
    return (pte_t *)pte_page(pte) + INDEX(va, 0);
}

/* Put the page there, which becomes the process's; false if there is no memory for a table. */
static bool
map_page(struct uvm *uvm, uint64_t va, void *page, uint64_t flags)
{
    pte_t *pte = kvm_entry(uvm->root, va, 0, 1);

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

static bool
map_zeros(struct uvm *uvm, uint64_t va, uint64_t flags)
{
    void *page = uvm_map(uvm, va, flags);

    if (page)
        memset(page, 0, PAGE_SIZE);
    return page;
}

/* Have `to` share the pages of a range. */
static bool
share_tables(pte_t *to, pte_t *from, unsigned level, uint64_t first, uint64_t last)
{
    for (uint64_t i = INDEX(first, level); i <= INDEX(last, level); i++) {
        pte_t pte = from[i];
        if (!(pte & PTE_V))
            continue;
        if (level) {
            if (!(to[i] & PTE_V)) {
                void *table = page_alloc();
                if (!table)
                    return false;
                to[i] = pte_make((uint64_t)table - KVA_OFFSET, 0);
            }
            if (!share_tables(pte_page(to[i]), pte_page(pte), level - 1, ENTRY_FIRST(i),
                              ENTRY_LAST(i)))
                return false;
        } else {
            if ((pte & (PTE_W | PTE_SHARED)) == PTE_W) {
                pte ^= PTE_W | PTE_COW;
                from[i] = pte;
            }
            page_share(pte_page(pte));
            to[i] = pte;
        }
    }
    return true;
}

/* Give the process a page of its own in place of one that it shares. */
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

/* The two have just come to share this page, and both are about to write to it: they get one each.
 */
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
    bool is_good = uvm_create(to);

    if (!is_good)
        return false;
    lock_acquire(&from->lock);
    to->heap_start = from->heap_start;
    to->size = from->size;
    if (from->areas_start != UVM_TOP) {
        to->areas_start = from->areas_start;
        memcpy(to->areas, from->areas, sizeof(to->areas));
        is_good = share_tables(to->root, from->root, 2, from->areas_start, UVM_TOP - 1);
    }
    if (is_good && from->size)
        is_good = share_tables(to->root, from->root, 2, 0, from->size - 1);
    if (is_good)
        is_good = split_page(to, from, stack);
    fence(from);
    lock_release(&from->lock);
    if (!is_good)
        uvm_destroy(to);
    return is_good;
}

/* Unmapping takes two steps, with a fence between: no hart may know a page that is free. */
static void
disable_pages(pte_t *table, unsigned level, uint64_t first, uint64_t last)
{
    for (uint64_t i = INDEX(first, level); i <= INDEX(last, level); i++) {
        if (level && table[i] & PTE_V)
            disable_pages(pte_page(table[i]), level - 1, ENTRY_FIRST(i), ENTRY_LAST(i));
        else if (!level)
            table[i] &= ~(pte_t)PTE_V;
    }
}

static bool
is_empty(const pte_t *table)
{
    for (unsigned i = 0; i < PAGE_SIZE / sizeof(pte_t); i++)
        if (table[i])
            return false;
    return true;
}

/* Free what disable_pages found; and if `with_tables`, tables that are empty now. */
static void
free_disabled(pte_t *table, unsigned level, uint64_t first, uint64_t last, bool with_tables)
{
    for (uint64_t i = INDEX(first, level); i <= INDEX(last, level); i++) {
        if (!table[i])
            continue;
        if (level) {
            free_disabled(pte_page(table[i]), level - 1, ENTRY_FIRST(i), ENTRY_LAST(i),
                          with_tables);
            if (!with_tables || !is_empty(pte_page(table[i])))
                continue;
        }
        page_free(pte_page(table[i]));
        table[i] = 0;
    }
}

/* With the lock. A table that another hart could still walk stays until the process ends. */
static void
unmap(struct uvm *uvm, uint64_t start, uint64_t end)
{
    if (start >= end)
        return;
    disable_pages(uvm->root, 2, start, end - 1);
    fence(uvm);
    free_disabled(uvm->root, 2, start, end - 1, !uvm->is_shared);
    tlb_flush_user(); /* the tables that have gone */
}

bool
uvm_resize(struct uvm *uvm, uint64_t size, bool is_lazy)
{
    uint64_t old_end, end = page_up(size), va;
    bool is_good = true;

    lock_acquire(&uvm->lock);
    old_end = page_up(uvm->size);
    if (size > uvm->areas_start) {
        is_good = false;
    } else if (end < old_end) {
        unmap(uvm, end, old_end);
        if (uvm->heap_start > end)
            uvm->heap_start = end;
    } else if (!is_lazy) {
        /* Not even started when it cannot succeed, as that takes long. */
        is_good = (end - old_end) / PAGE_SIZE <= page_count_free();
        for (va = old_end; is_good && va < end; va += PAGE_SIZE)
            is_good = map_zeros(uvm, va, PTE_R | PTE_W);
        if (!is_good)
            unmap(uvm, old_end, end);
    }
    if (is_good)
        uvm->size = size;
    lock_release(&uvm->lock);
    return is_good;
}

/* The highest gap of `len` bytes below UVM_TOP and above the heap; its start, or 0. */
static uint64_t
find_gap(const struct uvm *uvm, uint64_t len)
{
    uint64_t end = UVM_TOP;

    for (unsigned i = 0; i < UVM_AREAS; i++) {
        const struct uvm_area *a = &uvm->areas[i];
        if (a->end && a->start < end && a->end > end - len) {
            if (a->start < len)
                return 0;
            end = a->start;
            i = UINT32_MAX; /* look at all of them again */
        }
    }
    return end - len >= page_up(uvm->size) ? end - len : 0;
}

static struct uvm_area *
free_area(struct uvm *uvm)
{
    for (unsigned i = 0; i < UVM_AREAS; i++)
        if (!uvm->areas[i].end)
            return &uvm->areas[i];
    return NULL;
}

static void
find_areas_start(struct uvm *uvm)
{
    uvm->areas_start = UVM_TOP;
    for (unsigned i = 0; i < UVM_AREAS; i++)
        if (uvm->areas[i].end && uvm->areas[i].start < uvm->areas_start)
            uvm->areas_start = uvm->areas[i].start;
}

static int64_t
map_area_locked(struct uvm *uvm, uint64_t len, uint64_t access, bool is_shared, bool has_guard)
{
    struct uvm_area *area = free_area(uvm);
    uint64_t start = find_gap(uvm, len);

    if (!area || !start)
        return -ENOMEM;
    if (is_shared) { /* all pages now: a child has to find the same ones */
        bool is_good = len / PAGE_SIZE <= page_count_free();
        for (uint64_t va = start; is_good && va < start + len; va += PAGE_SIZE)
            is_good = map_zeros(uvm, va, access | PTE_SHARED);
        if (!is_good) {
            unmap(uvm, start, start + len);
            return -ENOMEM;
        }
    }
    *area = (struct uvm_area){start, start + len, access, has_guard};
    find_areas_start(uvm);
    return (int64_t)start;
}

int64_t
uvm_map_area(struct uvm *uvm, uint64_t len, uint64_t access, bool is_shared, bool has_guard)
{
    int64_t result;

    if (len == 0 || len > UVM_TOP || (is_shared && has_guard))
        return -EINVAL;
    lock_acquire(&uvm->lock);
    result = map_area_locked(uvm, page_up(len), access, is_shared, has_guard);
    lock_release(&uvm->lock);
    return result;
}

/* Cut [start, end) out of an area; what is left behind it needs a place of its own. */
static int
cut_area(struct uvm *uvm, struct uvm_area *area, uint64_t start, uint64_t end)
{
    struct uvm_area rest = {end, area->end, area->access, false};
    struct uvm_area *place = area;

    if (area->start < start && end < area->end && !(place = free_area(uvm)))
        return -ENOMEM;
    unmap(uvm, start > area->start ? start : area->start, end < area->end ? end : area->end);
    if (area->start < start)
        area->end = start;
    else
        *area = (struct uvm_area){0};
    if (rest.start < rest.end)
        *place = rest;
    return 0;
}

int
uvm_unmap_area(struct uvm *uvm, uint64_t start, uint64_t len)
{
    uint64_t end = start + page_up(len);
    int error = 0;

    if (start % PAGE_SIZE || len == 0 || len > UVM_TOP || start > UVM_TOP - page_up(len))
        return -EINVAL;
    lock_acquire(&uvm->lock);
    for (unsigned i = 0; i < UVM_AREAS && !error; i++) {
        struct uvm_area *a = &uvm->areas[i];
        if (a->end && a->start < end && a->end > start)
            error = cut_area(uvm, a, start, end);
    }
    find_areas_start(uvm);
    lock_release(&uvm->lock);
    return error;
}

/* How a page at `va` may be accessed that is not there yet; 0: not at all. */
static uint64_t
access_at(const struct uvm *uvm, uint64_t va)
{
    if (va >= uvm->heap_start && va < uvm->size)
        return PTE_R | PTE_W;
    if (va < uvm->areas_start)
        return 0;
    for (unsigned i = 0; i < UVM_AREAS; i++) {
        const struct uvm_area *a = &uvm->areas[i];
        if (va >= a->start && va < a->end)
            return a->has_guard && va - a->start < PAGE_SIZE ? 0 : a->access;
    }
    return 0;
}

static int
fault_locked(struct uvm *uvm, uint64_t va, uint64_t access)
{
    pte_t *pte = find_entry(uvm, va);

    if (!pte || !(*pte & PTE_V)) {
        if (!(access_at(uvm, va) & access))
            return -EFAULT;
        return map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, access_at(uvm, va)) ? 0 : -ENOMEM;
    }
    if (*pte & access) { /* another thread was quicker: only this hart does not know yet */
        tlb_flush_user();
        return 0;
    }
    if (access == PTE_W && *pte & PTE_COW)
        return break_sharing(uvm, pte);
    return -EFAULT;
}

int
uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access)
{
    int error;

    lock_acquire(&uvm->lock);
    error = fault_locked(uvm, va, access);
    lock_release(&uvm->lock);
    return error;
}

/* With the lock: where the kernel finds the byte, or NULL. */
static inline char *
reach(struct uvm *uvm, uint64_t va, uint64_t access)
{
    pte_t *pte = find_entry(uvm, va);

    if (!pte || (*pte & (access | PTE_V)) != (access | PTE_V)) {
        if (fault_locked(uvm, va, access) < 0)
            return NULL;
        pte = find_entry(uvm, va);
    }
    return (char *)pte_page(*pte) + va % PAGE_SIZE;
}

void *
uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access)
{
    char *kva;

    lock_acquire(&uvm->lock);
    kva = reach(uvm, va, access);
    if (kva)
        page_share(kva - va % PAGE_SIZE);
    lock_release(&uvm->lock);
    return kva;
}

void
uvm_unpin(void *kva)
{
    page_free((char *)kva - (uint64_t)kva % PAGE_SIZE);
}

/* The bytes up to the end of va's page, `len` at the most. */
static size_t
piece_len(uint64_t va, size_t len)
{
    size_t left = PAGE_SIZE - va % PAGE_SIZE;

    return len < left ? len : left;
}

bool
uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    char *at = to;

    lock_acquire(&uvm->lock);
    while (len) {
        size_t piece = piece_len(from, len);
        const char *kva = reach(uvm, from, PTE_R);
        if (!kva)
            break;
        memcpy(at, kva, piece);
        at += piece;
        from += piece;
        len -= piece;
    }
    lock_release(&uvm->lock);
    return len == 0;
}

bool
uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    const char *at = from;

    lock_acquire(&uvm->lock);
    while (len) {
        size_t piece = piece_len(to, len);
        char *kva = reach(uvm, to, PTE_W);
        if (!kva)
            break;
        memcpy(kva, at, piece);
        at += piece;
        to += piece;
        len -= piece;
    }
    lock_release(&uvm->lock);
    return len == 0;
}

long
uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    size_t done = 0;
    long result = -ENAMETOOLONG;

    lock_acquire(&uvm->lock);
    while (done < size) {
        size_t piece = piece_len(from + done, size - done), len;
        const char *kva = reach(uvm, from + done, PTE_R);
        if (!kva) {
            result = -EFAULT;
            break;
        }
        len = strnlen(kva, piece);
        memcpy(to + done, kva, len);
        done += len;
        if (len < piece) {
            to[done] = '\0';
            result = (long)done;
            break;
        }
    }
    lock_release(&uvm->lock);
    return result;
}

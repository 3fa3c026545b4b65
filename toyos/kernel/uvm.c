/* The user's half of an address space: making, copying, growing and freeing it. */
#include "toyos/kernel/uvm.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/page.h"

#define USER_ENTRIES 256 /* of the root: the lower half */
#define PTE_LEAF     (PTE_R | PTE_W | PTE_X)

static uint64_t
page_up(uint64_t va)
{
    return (va + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

bool
uvm_create(struct uvm *uvm)
{
    *uvm = (struct uvm){.root = page_alloc()};
    if (!uvm->root)
        return false;
    memcpy(uvm->root + USER_ENTRIES, kvm_root + USER_ENTRIES, PAGE_SIZE / 2);
    return true;
}

static void
free_tables(pte_t *table, unsigned entries)
{
    for (unsigned i = 0; i < entries; i++) {
        void *next = pa_to_kva(pte_to_pa(table[i]));
        if (!(table[i] & PTE_V))
            continue;
        if (table[i] & PTE_LEAF)
            page_free(next);
        else
            free_tables(next, 512);
    }
    page_free(table);
}

void
uvm_destroy(struct uvm *uvm)
{
    if (uvm->root)
        free_tables(uvm->root, USER_ENTRIES);
    *uvm = (struct uvm){0};
}

void *
uvm_map(struct uvm *uvm, uint64_t va, uint64_t access)
{
    pte_t *pte = kvm_entry(uvm->root, va, 0, 1);
    void *page = pte ? page_alloc() : NULL;

    if (page)
        *pte = pte_make(kva_to_pa(page), access | PTE_U | PTE_A | PTE_D);
    return page;
}

/* The entry of a mapped page, or NULL. */
static pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    pte_t *pte = va < USER_TOP ? kvm_entry(uvm->root, va, 0, 0) : NULL;

    return pte && *pte & PTE_V ? pte : NULL;
}

bool
uvm_copy(struct uvm *to, const struct uvm *from)
{
    if (!uvm_create(to))
        return false;
    for (uint64_t va = 0; va < from->size; va += PAGE_SIZE) {
        const pte_t *pte = find_entry(from, va);
        void *page;
        if (!pte)
            continue;
        page = uvm_map(to, va, *pte & PTE_LEAF);
        if (!page) {
            uvm_destroy(to);
            return false;
        }
        memcpy(page, pa_to_kva(pte_to_pa(*pte)), PAGE_SIZE);
    }
    to->size = from->size;
    return true;
}

static void
unmap(struct uvm *uvm, uint64_t start, uint64_t end)
{
    for (uint64_t va = start; va < end; va += PAGE_SIZE) {
        pte_t *pte = find_entry(uvm, va);
        if (!pte)
            continue;
        page_free(pa_to_kva(pte_to_pa(*pte)));
        *pte = 0;
    }
}

bool
uvm_resize(struct uvm *uvm, uint64_t size)
{
    uint64_t old_end = page_up(uvm->size), end = page_up(size);

    for (uint64_t va = old_end; va < end; va += PAGE_SIZE) {
        if (!uvm_map(uvm, va, PTE_R | PTE_W)) {
            unmap(uvm, old_end, va);
            return false;
        }
    }
    unmap(uvm, end, old_end);
    uvm->size = size;
    return true;
}

void *
uvm_find(const struct uvm *uvm, uint64_t va, uint64_t access)
{
    const pte_t *pte = find_entry(uvm, va);

    if (!pte || !(*pte & PTE_U) || !(*pte & access))
        return NULL;
    return (char *)pa_to_kva(pte_to_pa(*pte)) + va % PAGE_SIZE;
}

/* The bytes up to the end of va's page, `len` at the most. */
static size_t
piece_len(uint64_t va, size_t len)
{
    size_t left = PAGE_SIZE - va % PAGE_SIZE;

    return len < left ? len : left;
}

bool
uvm_copy_in(const struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    char *at = to;

    while (len) {
        size_t piece = piece_len(from, len);
        const void *kva = uvm_find(uvm, from, PTE_R);
        if (!kva)
            return false;
        memcpy(at, kva, piece);
        at += piece;
        from += piece;
        len -= piece;
    }
    return true;
}

bool
uvm_copy_out(const struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    const char *at = from;

    while (len) {
        size_t piece = piece_len(to, len);
        void *kva = uvm_find(uvm, to, PTE_W);
        if (!kva)
            return false;
        memcpy(kva, at, piece);
        at += piece;
        to += piece;
        len -= piece;
    }
    return true;
}

long
uvm_copy_string(const struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    size_t done = 0;

    while (done < size) {
        size_t piece = piece_len(from + done, size - done), len;
        const char *kva = uvm_find(uvm, from + done, PTE_R);
        if (!kva)
            return -EFAULT;
        len = strnlen(kva, piece);
        memcpy(to + done, kva, len);
        done += len;
        if (len < piece) {
            to[done] = '\0';
            return (long)done;
        }
    }
    return -ENAMETOOLONG;
}

/* The page allocator. Freed pages are kept in a list. RAM that was never used is only counted, so
 * that booting does not touch it. */
#include "toyos/kernel/mm/page.h"

#include <stdatomic.h>
#include <string.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/pagetable.h"

struct free_page {
    struct free_page *next;
};

static struct lock page_lock = LOCK_INIT("page");
static struct free_page *free_list; /* page_lock */
static struct ranges fresh;         /* guarded by page_lock; memory that was never handed out */
static uint64_t free_count;         /* page_lock */
static uint64_t all_count;          /* constant after boot */

/* Reference counts, from first_page on. They are valid for pages that are handed out. */
static _Atomic uint32_t *references;
static uint64_t first_page;

/* Cuts `size` bytes from the end of a range that has them. */
static uint64_t
carve(uint64_t size)
{
    for (unsigned i = 0; i < fresh.count; i++) {
        struct range *r = &fresh.range[i];
        if (r->end - r->start > size) {
            r->end -= size;
            return r->end;
        }
    }
    panic("no room for the page allocator's books");
}

void
page_init(const struct ranges *ram)
{
    uint64_t first = UINT64_MAX, end = 0, size;

    fresh = *ram;
    for (unsigned i = 0; i < ram->count; i++) {
        if (ram->range[i].start < first)
            first = ram->range[i].start;
        if (ram->range[i].end > end)
            end = ram->range[i].end;
    }
    if (first >= end)
        panic("no memory");
    first_page = first / PAGE_SIZE;
    size = (end - first) / PAGE_SIZE * sizeof(*references);
    references = pa_to_kva(carve((size + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE));
    for (unsigned i = 0; i < fresh.count; i++)
        free_count += (fresh.range[i].end - fresh.range[i].start) / PAGE_SIZE;
    all_count = free_count;
}

static _Atomic uint32_t *
references_of(const void *page)
{
    return &references[((uintptr_t)page - KVA_OFFSET) / PAGE_SIZE - first_page];
}

void *
page_alloc_raw(void)
{
    void *page = NULL;

    lock_acquire(&page_lock);
    if (free_list) {
        page = free_list;
        free_list = free_list->next;
    } else if (fresh.count) {
        struct range *r = &fresh.range[fresh.count - 1];
        page = pa_to_kva(r->start);
        r->start += PAGE_SIZE;
        if (r->start == r->end)
            fresh.count--;
    }
    if (page)
        free_count--;
    lock_release(&page_lock);
    if (page)
        atomic_store_explicit(references_of(page), 1, memory_order_relaxed);
    return page;
}

void *
page_alloc(void)
{
    void *page = page_alloc_raw();

    if (page)
        memset(page, 0, PAGE_SIZE);
    return page;
}

void
page_share(void *page)
{
    atomic_fetch_add_explicit(references_of(page), 1, memory_order_relaxed);
}

bool
page_is_sole(const void *page)
{
    return atomic_load_explicit(references_of(page), memory_order_acquire) == 1;
}

void
page_free(void *page)
{
    struct free_page *p = page;
    uint32_t before;

    if ((uintptr_t)page % PAGE_SIZE)
        panic("page_free: %p is not a page", page);
    before = atomic_fetch_sub_explicit(references_of(page), 1, memory_order_acq_rel);
    if (before > 1)
        return;
    if (before == 0)
        panic("page_free: %p is free already", page);
    lock_acquire(&page_lock);
    p->next = free_list;
    free_list = p;
    free_count++;
    lock_release(&page_lock);
}

uint64_t
page_count_free(void)
{
    uint64_t count;

    lock_acquire(&page_lock);
    count = free_count;
    lock_release(&page_lock);
    return count;
}

uint64_t
page_count_all(void)
{
    return all_count;
}

/* The page allocator. Freed pages are kept in a list; RAM never used yet is only counted, so that
 * booting does not touch all of it. */
#include "toyos/kernel/page.h"

#include <stddef.h>
#include <string.h>

#include "toyos/kernel/kvm.h"
#include "toyos/kernel/lock.h"
#include "toyos/kernel/panic.h"

struct free_page {
    struct free_page *next;
};

static struct lock page_lock = LOCK_INIT("page");
static struct free_page *free_list; /* page_lock */
static struct ranges fresh;         /* page_lock; not handed out yet */
static uint64_t free_count;         /* page_lock */

void
page_init(const struct ranges *ram)
{
    fresh = *ram;
    for (unsigned i = 0; i < ram->count; i++)
        free_count += (ram->range[i].end - ram->range[i].start) / PAGE_SIZE;
}

void *
page_alloc(void)
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
        memset(page, 0, PAGE_SIZE);
    return page;
}

void
page_free(void *page)
{
    struct free_page *p = page;

    if ((uintptr_t)page % PAGE_SIZE)
        panic("page_free: %p is not a page", page);
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

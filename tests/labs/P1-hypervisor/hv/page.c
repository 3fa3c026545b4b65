/*
 * Pages are handed out in the order of their addresses, from the end of the hypervisor's image up;
 * the firmware is below. What QEMU has put among them is passed over.
 */
#include "hv/page.h"

#include <stddef.h>
#include <string.h>

#include "hv/csr.h"
#include "hv/host.h"
#include "hv/print.h"

#define ROOT_SIZE (4 * PAGE_SIZE)

extern char image_end[];

static uint64_t next; /* the first page that was never handed out */
static uint64_t count;

/* A page that was freed holds the address of the one that was freed before it. */
static struct free_page {
    struct free_page *next;
} *freed;

/* The end of the pages that `span` touches if `page` is among them; else 0. */
static uint64_t
end_if_within(uint64_t page, struct span span)
{
    if (page + PAGE_SIZE <= span.start || page >= span.end)
        return 0;
    return (span.end + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

/* The first page from `page` on that nothing is in. */
static uint64_t
page_skip(uint64_t page)
{
    uint64_t end;

    while ((end = end_if_within(page, host.tree)) || (end = end_if_within(page, host.initrd)))
        page = end;
    return page;
}

void
page_init(void)
{
    next = page_skip((uint64_t)image_end);
    for (uint64_t page = next; page < host.ram.end; page = page_skip(page + PAGE_SIZE))
        count++;
}

uint64_t
page_count(void)
{
    return count;
}

void *
page_alloc(void)
{
    void *page = freed;

    if (page) {
        freed = freed->next;
    } else {
        if (next >= host.ram.end)
            die("no memory left");
        page = (void *)next;
        next = page_skip(next + PAGE_SIZE);
    }
    return memset(page, 0, PAGE_SIZE);
}

void *
page_alloc_root(void)
{
    char *root = page_alloc(), *last = root;

    /* Begins anew at each gap and each page that is not the first of four. */
    while ((uint64_t)root % ROOT_SIZE || last != root + ROOT_SIZE - PAGE_SIZE) {
        char *page = page_alloc();
        if ((uint64_t)page % ROOT_SIZE == 0 || page != last + PAGE_SIZE)
            root = page;
        last = page;
    }
    return root;
}

void
page_free(void *page)
{
    struct free_page *free_page = page;

    free_page->next = freed;
    freed = free_page;
}

/*
 * toyos's allocator of pages: any order of calls.
 *
 * Bounds: pages of 16 bytes, for their size is only a factor; 4 of them, of which one has the
 * books, and 5 calls.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>
#include <string.h>

#include "toyos/kernel/layout.h"

#undef PAGE_SIZE
#define PAGE_SIZE 16
#undef KVA_OFFSET
#define KVA_OFFSET ((uintptr_t)memory - RAM_BASE)

#define RAM_BASE 0x80000000
#define PAGES    4
#define BOOKS    (PAGES - 1) /* cut from the end */
#define CALLS    5

static uint64_t memory[PAGES * PAGE_SIZE / sizeof(uint64_t)];

#include "toyos/kernel/mm/page.c"

/* with: */

static unsigned count[PAGES]; /* references, as they have to be; 0: free */

void
lock_acquire(struct lock *lock)
{
    prove_check(lock == &page_lock && !lock->holder, "its own lock, which is free");
    lock->holder = (struct hart *)(void *)memory;
}

void
lock_release(struct lock *lock)
{
    prove_check(lock == &page_lock && lock->holder, "its own lock, which is held");
    lock->holder = NULL;
}

void
panic(const char *format, ...)
{
    (void)format;
    prove_check(false, "nothing makes no sense");
    abort();
}

static void *
page_of(unsigned n)
{
    return (char *)memory + n * PAGE_SIZE;
}

static void
check_alloc(void)
{
    void *page = page_alloc_raw();
    bool is_any_free = false, is_page = false;

    for (unsigned n = 0; n < BOOKS; n++)
        is_any_free = is_any_free || count[n] == 0;
    prove_check((page != NULL) == is_any_free, "a page, as long as one is free");
    for (unsigned n = 0; n < BOOKS; n++) {
        if (page != page_of(n))
            continue;
        prove_check(count[n] == 0, "a page that is free");
        count[n] = 1;
        is_page = true;
    }
    prove_check(!page || is_page, "a page of RAM, and not the books");
}

PROVE(page_calls, 6, FULL)
{
    const struct ranges ram = {.range = {{RAM_BASE, RAM_BASE + sizeof(memory)}}, .count = 1};

    page_init(&ram);
    prove_check(page_count_all() == BOOKS, "all but the books");
    for (unsigned i = 0; i < CALLS; i++) {
        unsigned call = (unsigned)prove_below("call", 3),
                 any = (unsigned)prove_below("page", BOOKS);
        uint64_t is_free = 0;

        if (call == 0)
            check_alloc();
        for (unsigned n = 0; n < BOOKS; n++) {
            if (n == any && call > 0 && count[n] > 0) {
                prove_check(page_is_sole(page_of(n)) == (count[n] == 1), "sole with one reference");
                if (call == 1)
                    page_share(page_of(n));
                else
                    page_free(page_of(n));
                count[n] += call == 1 ? 1 : -1u;
            }
            is_free += count[n] == 0;
        }
        prove_check(page_count_free() == is_free, "how many are free is exact");
    }
}

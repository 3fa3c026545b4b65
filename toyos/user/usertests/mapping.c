/* Anonymous mappings. */
#include "usertests.h"

static char *
map(uint64 len, int flags)
{
    char *p = mmap(0, len, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    check(p != MAP_FAILED && (uint64)p % PGSIZE == 0);
    return p;
}

static void
map_and_unmap(void)
{
    uint64 before = free_pages();
    char *p = map(100 * PGSIZE, MAP_PRIVATE), *q = map(1, MAP_PRIVATE);

    check(free_pages() == before); /* a page comes when it is used */
    check(q < p || q >= p + 100 * PGSIZE);
    for (int i = 0; i < 100; i++) {
        check(p[i * PGSIZE] == 0);
        p[i * PGSIZE] = (char)i;
    }
    *q = 1;
    for (int i = 0; i < 100; i++)
        check(p[i * PGSIZE] == (char)i);
    check(munmap(p, 100 * PGSIZE) == 0 && munmap(q, PGSIZE) == 0);
    check(free_pages() == before);
}

static char *place;

static void
use_place(void)
{
    *(volatile char *)place = 1;
}

static void
unmap_in_the_middle(void)
{
    char *p = map(9 * PGSIZE, MAP_PRIVATE);

    memset(p, 1, 9 * PGSIZE);
    check(munmap(p + 3 * PGSIZE, 3 * PGSIZE) == 0);
    check(munmap(p + 3 * PGSIZE, 3 * PGSIZE) == 0); /* nothing there: no error */
    for (int i = 0; i < 9; i++) {
        place = p + i * PGSIZE;
        check(status_of(use_place) == (i / 3 == 1 ? KILLED : 0));
    }
    check(p[0] == 1 && p[8 * PGSIZE] == 1);
    check(munmap(p, 9 * PGSIZE) == 0);
    check(status_of(use_place) == KILLED);
}

static void
map_bad_arguments(void)
{
    char *p = map(PGSIZE, MAP_PRIVATE);

    check(mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    check(errno == EINVAL);
    check(mmap(0, MAXVA, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    check(mmap(0, -1UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    check(mmap(0, PGSIZE, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
    check(munmap(p + 1, PGSIZE) == -1 && errno == EINVAL);
    check(munmap(p, 0) == -1 && munmap(p, -1UL) == -1);
    check(munmap((void *)MAXVA, PGSIZE) == -1);
    check(munmap((void *)-4096UL, 2 * PGSIZE) == -1);
}

static void
map_many(void)
{
    char *p[100];
    int n = 0;

    while (n < 100 &&
           (p[n] = mmap(0, PGSIZE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED)
        *p[n++] = 1;
    check(n >= 16 && n < 100 && errno == ENOMEM);
    while (n)
        check(munmap(p[--n], PGSIZE) == 0);
    map(PGSIZE, MAP_PRIVATE);
}

static void
map_shared(void)
{
    volatile char *p = map(2 * PGSIZE, MAP_SHARED);
    int status;

    p[0] = 1;
    if (fork() == 0) {
        p[PGSIZE] = (char)(p[0] + 1);
        exit(0);
    }
    check(wait(&status) > 0 && status == 0 && p[PGSIZE] == 2);
}

static void
map_private(void)
{
    volatile char *p = map(2 * PGSIZE, MAP_PRIVATE);

    p[0] = 1;
    if (fork() == 0) {
        check(p[0] == 1);
        p[0] = p[PGSIZE] = 5;
        exit(0);
    }
    check(wait(0) > 0 && p[0] == 1 && p[PGSIZE] == 0);
}

static void
map_access(void)
{
    place = mmap(0, PGSIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(place != MAP_FAILED && *place == 0);
    check(status_of(use_place) == KILLED);
    place = mmap(0, PGSIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(place != MAP_FAILED);
    check(status_of(use_place) == KILLED);
    place = mmap(0, 2 * PGSIZE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    check(place != MAP_FAILED && status_of(use_place) == KILLED);
    place += PGSIZE;
    check(status_of(use_place) == 0);
}

/* The heap ends where a mapping begins. */
static void
map_and_heap(void)
{
    char *p = map(PGSIZE, MAP_PRIVATE), *end;

    *p = 7;
    while ((end = sbrklazy(1 << 30)) != SBRK_ERROR)
        ;
    end = sbrk(0);
    check(end <= p && p - end < 1 << 30);
    check(sbrklazy((int)(p - end)) == end && sbrklazy(1) == SBRK_ERROR);
    p[-1] = 1;
    check(*p == 7);
    check(munmap(p, PGSIZE) == 0 && sbrklazy(1) == p);
    check(mmap(0, 1UL << 37, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

const struct test mapping_tests[] = {
    {map_and_unmap, "map_and_unmap", 0},
    {unmap_in_the_middle, "unmap_in_the_middle", 0},
    {map_bad_arguments, "map_bad_arguments", 0},
    {map_many, "map_many", 0},
    {map_shared, "map_shared", 0},
    {map_private, "map_private", 0},
    {map_access, "map_access", 0},
    {map_and_heap, "map_and_heap", 0},
    {0},
};

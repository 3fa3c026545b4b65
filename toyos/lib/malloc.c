/* malloc: a list of free blocks in address order, first fit; free() joins neighbours. */
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "user/user.h"

/* The header before every block. It has 16 bytes, so that blocks are aligned to 16. */
struct block {
    uint64_t size; /* the size in bytes with this header */
    struct block *next;
};

#define GROW 65536 /* the least that is asked of the kernel */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct block *free_list; /* mutex */

static struct block *
block_end(struct block *b)
{
    return (struct block *)(void *)((char *)b + b->size);
}

static void
insert(struct block *b)
{
    struct block *before = NULL, *after = free_list;

    while (after && after < b) {
        before = after;
        after = after->next;
    }
    b->next = after;
    if (after && block_end(b) == after) {
        b->size += after->size;
        b->next = after->next;
    }
    if (before && block_end(before) == b) {
        before->size += b->size;
        before->next = b->next;
    } else if (before) {
        before->next = b;
    } else {
        free_list = b;
    }
}

static int
grow(uint64_t size)
{
    uint64_t bytes = size < GROW ? GROW : size;
    uintptr_t skip, at;
    struct block *b;

    if (bytes > INT32_MAX - 16)
        return -1;
    at = (uintptr_t)sbrk((int)bytes + 16);
    if (at == UINTPTR_MAX)
        return -1;
    skip = -at & 15; /* a program may have moved the break to any address */
    b = (struct block *)(at + skip);
    b->size = (bytes + 16 - skip) & ~(uint64_t)15;
    insert(b);
    return 0;
}

/* The caller holds the mutex. */
static void *
take(uint bytes)
{
    uint64_t size = ((uint64_t)bytes + sizeof(struct block) + 15) & ~(uint64_t)15;

    for (;;) {
        for (struct block **link = &free_list, *b; (b = *link); link = &b->next) {
            if (b->size < size)
                continue;
            if (b->size - size >= 2 * sizeof(struct block)) {
                struct block *rest = (struct block *)(void *)((char *)b + size);
                rest->size = b->size - size;
                rest->next = b->next;
                b->size = size;
                *link = rest;
            } else {
                *link = b->next;
            }
            return b + 1;
        }
        if (grow(size) < 0)
            return NULL;
    }
}

void *
malloc(uint bytes)
{
    void *p;

    pthread_mutex_lock(&mutex);
    p = take(bytes);
    pthread_mutex_unlock(&mutex);
    return p;
}

void
free(void *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&mutex);
    insert((struct block *)p - 1);
    pthread_mutex_unlock(&mutex);
}

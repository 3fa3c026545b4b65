/* Canaries on both sides of all memory that duet maps without a file, that is the guest's RAM with
 * its guard pages. Nobody may use them. AddressSanitizer sees what duet itself writes there. It
 * does not see what the host's kernel writes for duet or for the guest, so the canaries are
 * compared when the memory is unmapped. (The linker's --wrap makes duet call these functions.) */
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CANARY_BYTES (1UL << 20) /* on each side */
#define CANARY_WORD  0x79726e61636e6163
#define MAPPINGS_MAX 8

void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *addr, size_t len);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *addr, size_t len);

/* What is mapped, recorded by the thread that owns the VM. */
static unsigned char *mapping[MAPPINGS_MAX];

static void
canary_set(uint64_t *canary)
{
    for (size_t i = 0; i < CANARY_BYTES / sizeof(*canary); i++)
        canary[i] = CANARY_WORD;
    ASAN_POISON_MEMORY_REGION(canary, CANARY_BYTES);
}

static void
canary_check(const uint64_t *canary)
{
    ASAN_UNPOISON_MEMORY_REGION(canary, CANARY_BYTES);
    for (size_t i = 0; i < CANARY_BYTES / sizeof(*canary); i++)
        if (canary[i] != CANARY_WORD) {
            fprintf(stderr, "canary: 0x%lx was written, beside memory of duet's\n",
                    (unsigned long)&canary[i]);
            abort();
        }
}

void *
__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
    unsigned char *area;
    unsigned i = 0;

    if (!(flags & MAP_ANONYMOUS))
        return __real_mmap(addr, len, prot, flags, fd, offset);
    while (i < MAPPINGS_MAX && mapping[i])
        i++;
    if (addr || i == MAPPINGS_MAX)
        abort(); /* duet now maps other memory than this file knows */
    area = __real_mmap(NULL, len + 2 * CANARY_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (area == MAP_FAILED)
        return area;
    canary_set((uint64_t *)area);
    canary_set((uint64_t *)(area + CANARY_BYTES + len));
    mapping[i] = area + CANARY_BYTES;
    if (mprotect(mapping[i], len, prot))
        abort();
    return mapping[i];
}

int
__wrap_munmap(void *addr, size_t len)
{
    unsigned i = 0;

    while (i < MAPPINGS_MAX && mapping[i] != addr)
        i++;
    if (i == MAPPINGS_MAX)
        return __real_munmap(addr, len);
    canary_check((uint64_t *)(mapping[i] - CANARY_BYTES));
    canary_check((uint64_t *)(mapping[i] + len));
    mapping[i] = NULL;
    return __real_munmap((unsigned char *)addr - CANARY_BYTES, len + 2 * CANARY_BYTES);
}

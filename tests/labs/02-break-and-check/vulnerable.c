//@ why The grader's duet for the exploit: the starter's mistake, and a page with a secret.
//@ replace vmm/guest/guest_mem.c
int
guest_mem_create(struct guest_mem *mem, uint64_t base, uint64_t size)
{
    const char *secret = getenv("LAB_SECRET");
    unsigned char *area = mmap(NULL, size + base + 2 * GUEST_MEM_GUARD, PROT_NONE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (area == MAP_FAILED || !secret || mprotect(area, GUEST_MEM_GUARD, PROT_READ | PROT_WRITE) ||
        mprotect(area + GUEST_MEM_GUARD + base, size, PROT_READ | PROT_WRITE))
        return fail_errno("lab 02: no memory with a secret");
    for (unsigned i = 0; i < GUEST_MEM_GUARD; i++) /* as large as a page, and each half byte another one */
        area[i] = (unsigned char)secret[i % strlen(secret)];
    *mem = (struct guest_mem){.base = base, .size = size, .hva = area + GUEST_MEM_GUARD + base};
    return 0;
}

void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    if (gpa < mem->base || gpa + len > mem->base + mem->size)
        return NULL;
    return mem->hva + (gpa - mem->base);
}
//@ substitute vmm/guest/guest_mem.c #include <errno.h> => #include <errno.h>\n#include <stdlib.h>\n#include <string.h>

//@ why Begin and length are bounded, their sum is not; and a buffer may begin before RAM.
//@ loses outside
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    uint64_t offset = gpa - mem->base;

    if (len > mem->size || (offset > mem->size && gpa >= mem->base))
        return NULL;
    return mem->hva + offset;
}

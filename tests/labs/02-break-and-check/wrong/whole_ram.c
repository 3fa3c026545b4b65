//@ why A buffer that is the whole of RAM is refused.
//@ loses inside
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    uint64_t offset = gpa - mem->base;

    if (offset > mem->size || len > mem->size - offset || len == mem->size)
        return NULL;
    return mem->hva + offset;
}

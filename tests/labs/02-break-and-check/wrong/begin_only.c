//@ why The begin is checked, the end is not.
//@ loses overflow outside
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    uint64_t offset = gpa - mem->base;

    (void)len;
    if (offset >= mem->size)
        return NULL;
    return mem->hva + offset;
}

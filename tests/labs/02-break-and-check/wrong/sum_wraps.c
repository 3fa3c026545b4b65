//@ why The sum of address and length is still compared, and wraps.
//@ loses overflow
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    if (gpa < mem->base || gpa + len > mem->base + mem->size)
        return NULL;
    return mem->hva + (gpa - mem->base);
}

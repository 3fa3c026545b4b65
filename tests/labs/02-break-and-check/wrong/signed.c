//@ why The test is made with signed numbers, so that a huge length is a negative one.
//@ loses overflow
//@ replace vmm/guest/guest_mem.c
void *
guest_mem_slice(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
    int64_t offset = (int64_t)(gpa - mem->base);

    if (offset < 0 || offset + (int64_t)len > (int64_t)mem->size)
        return NULL;
    return mem->hva + offset;
}

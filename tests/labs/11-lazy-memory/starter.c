//@ replace toyos/kernel/uvm/uvm.c
/* Lab 11: moves the end of the heap, as uvm.h says. */
bool
uvm_grow(struct uvm *uvm, int64_t bytes, bool is_lazy, uint64_t *old)
{
    (void)bytes, (void)is_lazy;
    *old = uvm->size;
    return false; /* not implemented */
}

/* Lab 11: how a page at `va` may be accessed that is not there yet; 0: not at all. *area is the one that it is in;
 * NULL: the heap. */
static uint64_t
access_at(struct uvm *uvm, uint64_t va, struct uvm_area **area)
{
    (void)uvm, (void)va;
    *area = NULL;
    return 0; /* not implemented */
}

/* Lab 11: a page that is not there yet. -EAGAIN: the page is to come from the file of *area; see uvm_fault. */
static int
fault_locked(struct uvm *uvm, uint64_t va, uint64_t access, struct uvm_area **area)
{
    pte_t *pte = find_entry(uvm, va);

    if (!pte || !(*pte & PTE_V)) {
        (void)access_at, (void)area;
        return -EFAULT; /* not implemented */
    }
    if (*pte & access) { /* another thread was quicker; this hart has the old translation */
        tlb_flush_user();
        return 0;
    }
    if (access == PTE_W && *pte & PTE_COW)
        return break_sharing(uvm, pte);
    return -EFAULT;
}
//@ replace toyos/kernel/uvm/uvm_area.c
/* Lab 11: the highest gap of `len` bytes below UVM_TOP and above the heap; its start, or 0. */
static uint64_t
find_gap(const struct uvm *uvm, uint64_t len)
{
    (void)uvm, (void)len;
    return 0; /* not implemented */
}

/* Lab 11: a new area of `len` bytes, whole pages. Its address or -errno. */
static int64_t
map_area_locked(struct uvm *uvm, uint64_t len, const struct uvm_area *request)
{
    (void)uvm, (void)len, (void)request, (void)free_area, (void)find_gap, (void)map_shared_zeros;
    return -ENOMEM; /* not implemented */
}

/* Lab 11: cut a part out of an area; what is left behind it needs a place of its own. 0 or -ENOMEM. */
static int
cut_area(struct uvm *uvm, struct uvm_area *area, const struct uvm_area *part)
{
    (void)uvm, (void)area, (void)part;
    return -ENOMEM; /* not implemented */
}

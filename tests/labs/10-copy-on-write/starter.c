//@ replace toyos/kernel/uvm/uvm.c
/* Lab 10: has the process `to` of a struct share come to have the `count` pages from `va` on, of which the parent's
 * entries begin at `from`. False: no memory for a table. */
static bool
share_pages(const struct pagetable_visitor *self, pte_t *from, unsigned count, uint64_t va)
{
    (void)self, (void)from, (void)count, (void)va;
    return false; /* not implemented: fork says that there is no memory */
}

/* Lab 10: gives the process a page of its own in place of one that it shares, and may write to from now on. 0 or
 * -ENOMEM. */
static int
break_sharing(struct uvm *uvm, pte_t *pte)
{
    (void)uvm, (void)pte;
    return -ENOMEM; /* not implemented */
}

/* Lab 10: share_range() calls share_pages(). Something is missing before the lock is released. */
bool
uvm_copy(struct uvm *to, struct uvm *from, uint64_t stack)
{
    bool ok = uvm_create(to);

    if (!ok)
        return false;
    lock_acquire(&from->lock);
    to->heap_start = from->heap_start;
    to->size = from->size;
    if (from->areas_start != UVM_TOP) {
        to->areas_start = from->areas_start;
        memcpy(to->areas, from->areas, sizeof(to->areas));
        for (unsigned i = 0; i < UVM_AREAS; i++)
            if (to->areas[i].inode)
                file_map_hold(to->areas[i].inode, to->areas[i].is_shared);
        ok = share_range(to, from, from->areas_start, UVM_TOP - 1);
    }
    if (ok && from->size)
        ok = share_range(to, from, 0, from->size - 1);
    if (ok)
        ok = split_page(to, from, stack);
    lock_release(&from->lock);
    if (!ok)
        uvm_destroy(to);
    return ok;
}

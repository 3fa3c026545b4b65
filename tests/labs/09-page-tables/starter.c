//@ replace toyos/kernel/mm/pagetable.h
/* Lab 09: the entry of the page at `va`, which may be 0; NULL: there is no table for it. */
static inline pte_t *
pagetable_find(pte_t *root, uint64_t va)
{
    (void)root, (void)va;
    return NULL; /* not implemented */
}
//@ replace toyos/kernel/mm/pagetable.c
/* Lab 09: pagetable.h says what it promises. */
pte_t *
pagetable_make(pte_t *root, uint64_t va, unsigned level)
{
    (void)root, (void)va, (void)level;
    return NULL; /* not implemented: the kernel says that it has no memory for its page table */
}
//@ replace toyos/kernel/mm/kernel_map.c
/* Lab 09: maps a range of physical addresses at KVA_OFFSET, in pages of level 1 where they fit. `flags` are PTE_R,
 * PTE_W and PTE_X. */
static void
map_linear(uint64_t pa, uint64_t end, uint64_t flags)
{
    (void)flags;
    panic("map_linear() is not implemented: RAM from %lx to %lx", pa, end);
}

/* Lab 09: the kernel may write to all of RAM and run all of it, so also its own text. Give each part its own. */
void
kernel_map_init(const struct ranges *ram, uint64_t device)
{
    kernel_map_root = page_alloc();
    if (!kernel_map_root)
        panic("no memory for the kernel's page table");
    for (unsigned i = 0; i < ram->count; i++)
        map_linear(ram->range[i].start, ram->range[i].end, PTE_R | PTE_W | PTE_X);
    map_linear(kva_to_pa(text_start), kva_to_pa(kernel_end), PTE_R | PTE_W | PTE_X);
    if (device)
        map_linear(device, device + PAGE_SIZE, PTE_R | PTE_W);
    kernel_satp =
        (uint64_t)PAGETABLE_SATP_MODE << SATP_MODE_SHIFT | kva_to_pa(kernel_map_root) >> PAGE_SHIFT;
    pagetable_use(kernel_map_root);
    tlb_flush(); /* the boot table's translations too */
}
//@ replace toyos/kernel/uvm/uvm.c
/* Lab 09: the entry of `va` for a page; NULL if there is no table for it, or it is no user's address. */
static inline pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    (void)uvm, (void)va;
    return NULL; /* not implemented */
}

/* Lab 09: maps the page, which becomes the process's. `flags` are PTE_R, PTE_W, PTE_X, and those for software. False:
 * no memory for a table. */
static bool
map_page(struct uvm *uvm, uint64_t va, void *page, uint64_t flags)
{
    (void)uvm, (void)va, (void)page, (void)flags;
    return false; /* not implemented */
}
//@ replace toyos/kernel/uvm/uvm_copy.c
/* Lab 09: uvm.h says what it promises. */
size_t
uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    (void)uvm, (void)to, (void)from, (void)len;
    return 0; /* not implemented: no byte was copied */
}

/* Lab 09 */
size_t
uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    (void)uvm, (void)to, (void)from, (void)len;
    return 0; /* not implemented */
}

/* Lab 09: copies up to the string's end, or as far as there are pages: *is_whole says which. How many bytes were
 * copied, without the NUL. */
static size_t
try_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size, bool *is_whole)
{
    (void)uvm, (void)to, (void)from, (void)size;
    *is_whole = false;
    return 0; /* not implemented */
}

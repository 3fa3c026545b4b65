/* The kernel's half of every address space: layout.h says what is where. */
#ifndef TOYOS_KVM_H
#define TOYOS_KVM_H

#include <stdint.h>

#include "common/riscv.h"
#include "toyos/kernel/layout.h"
#include "toyos/kernel/mm/ranges.h"

typedef uint64_t pte_t;

static inline void *
pa_to_kva(uint64_t pa)
{
    return (void *)(pa + KVA_OFFSET);
}

/* Only for addresses in the linear map; any other is a panic. */
uint64_t kva_to_pa(const void *kva);

static inline uint64_t
pte_to_pa(pte_t pte)
{
    return (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT;
}

static inline pte_t
pte_make(uint64_t pa, uint64_t flags)
{
    return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | flags | PTE_V;
}

/* The kernel image, as a range of physical addresses. */
struct range kvm_image(void);

/* Build the kernel's page table: `ram` and one page of device, 0 for none. Then turn it on. */
void kvm_init(const struct ranges *ram, uint64_t device);

/* Where the entry of `va` for a page of PAGE_SIZE << 9 * level is. Tables on the way are made if
 * `make`; NULL if there is none, or no page for one. */
pte_t *kvm_entry(pte_t *root, uint64_t va, unsigned level, int make);

/* The kernel's root: its upper half is in every process's table too. */
extern pte_t *kvm_root;
void kvm_activate(const pte_t *root);

/* A kernel stack above a hole; its top. Never given back. */
uint64_t kstack_make(void);

#endif

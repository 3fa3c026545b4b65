/* The user's half of an address space. */
#ifndef TOYOS_UVM_H
#define TOYOS_UVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "toyos/kernel/kvm.h"

/* Only the process that it belongs to uses one, or who made it and has not given it away. */
struct uvm {
    pte_t *root;   /* NULL: none */
    uint64_t size; /* the end of the heap: nothing is mapped from here on */
};

/* All of these return false when memory runs out, with nothing half done. */
bool uvm_create(struct uvm *uvm);
bool uvm_copy(struct uvm *to, const struct uvm *from);
void uvm_destroy(struct uvm *uvm);

/* Map a new page of zeros at `va`, for PTE_R, PTE_W, PTE_X; its address in the kernel, or NULL. */
void *uvm_map(struct uvm *uvm, uint64_t va, uint64_t access);

/* Move the end of the heap. */
bool uvm_resize(struct uvm *uvm, uint64_t size);

/* Where the kernel finds the byte at the user's `va`, if the user may do `access` (PTE_R or PTE_W)
 * there; else NULL. Good up to the end of that page. */
void *uvm_find(const struct uvm *uvm, uint64_t va, uint64_t access);

/* Copy between kernel and user; false if any of the user's range may not be used so, whatever the
 * address is. A copy that fails may have done a part. */
bool uvm_copy_in(const struct uvm *uvm, void *to, uint64_t from, size_t len);
bool uvm_copy_out(const struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* A string of less than `size` bytes: its length, or -EFAULT, or -ENAMETOOLONG. */
long uvm_copy_string(const struct uvm *uvm, char *to, uint64_t from, size_t size);

#endif

/*
 * The user's half of an address space. Pages come when they are first used (the lazy heap and
 * anonymous mappings), and processes that forked share pages until one of them writes
 * (copy-on-write): uvm_fault sorts both out, for the process's own accesses and for the kernel's.
 */
#ifndef TOYOS_UVM_H
#define TOYOS_UVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "toyos/kernel/kvm.h"
#include "toyos/kernel/lock.h"

#define UVM_AREAS 32                         /* anonymous mappings of a process */
#define UVM_TOP   (USER_TOP - 2 * PAGE_SIZE) /* xv6's TRAPFRAME: nothing is mapped from here on */

/* Pages of [start, end) may be accessed so (PTE_R, PTE_W); none: a free place in the table. */
struct uvm_area {
    uint64_t start, end;
    uint64_t access;
    bool has_guard; /* nobody may access the first page */
};

/* Guarded by `lock`, as a process's threads use it at the same time. */
struct uvm {
    struct lock lock;
    pte_t *root;          /* NULL: none */
    uint64_t heap_start;  /* the end of the stack; up to `size` pages come when they are used */
    uint64_t size;        /* the end of the heap */
    uint64_t areas_start; /* all areas are at or above; UVM_TOP if there is none */
    struct uvm_area areas[UVM_AREAS];
    bool is_shared; /* by several threads: other harts may have it in their TLBs */
};

/* These return false when memory runs out, with nothing half done. The copy shares the pages, but
 * for the one at `stack`, which both will write to at once. */
bool uvm_create(struct uvm *uvm);
bool uvm_copy(struct uvm *to, struct uvm *from, uint64_t stack);
void uvm_destroy(struct uvm *uvm);

/* Put a new page at `va`, for PTE_R, PTE_W, PTE_X: its address in the kernel, or NULL. The page has
 * anything in it: the caller fills it before the program runs. For a program that is being loaded.
 */
void *uvm_map(struct uvm *uvm, uint64_t va, uint64_t access);

/* Move the end of the heap, with its pages or without. False: no memory, or no addresses. */
bool uvm_resize(struct uvm *uvm, uint64_t size, bool is_lazy);

/* Anonymous memory, `len` bytes in whole pages. uvm_map_area: its address, or -errno; shared memory
 * stays the same memory after a fork, and cannot have a guard page. uvm_unmap_area: 0 or -errno;
 * what is not mapped is no error.
 */
int64_t uvm_map_area(struct uvm *uvm, uint64_t len, uint64_t access, bool is_shared,
                     bool has_guard);
int uvm_unmap_area(struct uvm *uvm, uint64_t start, uint64_t len);

/* The process has no page at `va` that it may access so (PTE_R, PTE_W or PTE_X): 0 if it has now,
 * -EFAULT if it should not, -ENOMEM. */
int uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access);

/* Where the kernel finds the byte at the user's `va`, if the user may do `access` (PTE_R or PTE_W)
 * there; else NULL. Good up to the end of that page, and until page_free is called for that page:
 * the page stays even if another thread unmaps it. */
void *uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access);
void uvm_unpin(void *kva);

/* Copy between kernel and user; false if any of the user's range may not be used so, whatever the
 * address is. A copy that fails may have done a part. */
bool uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len);
bool uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* A string of less than `size` bytes: its length, or -EFAULT, or -ENAMETOOLONG. */
long uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size);

#endif

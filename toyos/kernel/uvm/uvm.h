/*
 * The user's half of an address space. Pages come when they are first used (the lazy heap,
 * anonymous memory and mapped files), and processes that forked share pages until one of them
 * writes (copy-on-write): uvm_fault sorts both out, for the process's own accesses and for the
 * kernel's.
 */
#ifndef TOYOS_UVM_H
#define TOYOS_UVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/mm/pagetable.h"

struct inode;

#define UVM_AREAS 32                         /* mappings of a process */
#define UVM_TOP   (USER_TOP - 2 * PAGE_SIZE) /* xv6's TRAPFRAME: nothing is mapped from here on */

/* Pages of [start, end) may be accessed so (PTE_R, PTE_W); none: a free place in the table. */
struct uvm_area {
    uint64_t start, end;
    uint64_t access;
    bool has_guard; /* nobody may access the first page */
    bool is_shared; /* the same memory after a fork, and of all who map the file so */

    /* What is mapped, with file_map.h's reference, and from where on; NULL: anonymous memory */
    struct inode *inode;
    uint64_t offset;
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

/* For PTEs: the page stays the same one after a fork (Privileged 1.12 §4.4.1, RSW). */
#define PTE_SHARED 0x200

static inline uint64_t
uvm_page_up(uint64_t va)
{
    return (va + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
}

/* These return false when memory runs out, with nothing half done. The copy shares the pages, but
 * for the one at `stack`, which both will write to at once. uvm_destroy writes to mapped files. */
bool uvm_create(struct uvm *uvm);
bool uvm_copy(struct uvm *to, struct uvm *from, uint64_t stack);
void uvm_destroy(struct uvm *uvm);

/* Put a new page at `va`, for PTE_R, PTE_W, PTE_X: its address in the kernel, or NULL. The page has
 * anything in it: the caller fills it before the program runs. For a program that is being loaded.
 */
void *uvm_map(struct uvm *uvm, uint64_t va, uint64_t access);

/* Move the end of the heap by `bytes`, with its pages or without; where it was is in *old. It does
 * not move below 0. False: no memory, or no addresses. */
bool uvm_grow(struct uvm *uvm, int64_t bytes, bool is_lazy, uint64_t *old);

/*
 * A mapping, `len` bytes in whole pages; of `what`, start and end are not looked at. Its address,
 * or -errno. Shared memory and files cannot have a guard page.
 *
 * Unmap a part, or have it written to its file: 0 or -errno. uvm_unmap_area does not mind what is
 * not mapped, uvm_sync_area does: -ENOMEM. Both sleep.
 */
int64_t uvm_map_area(struct uvm *uvm, uint64_t len, const struct uvm_area *request);
int uvm_unmap_area(struct uvm *uvm, uint64_t start, uint64_t len);
int uvm_sync_area(struct uvm *uvm, uint64_t start, uint64_t len);

/* The process has no page at `va` that it may access so (PTE_R, PTE_W or PTE_X): 0 if it has now,
 * or should try again; -EFAULT if it should not, -ENOMEM, -EIO. May sleep, for a file. */
int uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access);

/* These may sleep, for a file, but for the two that try. */

/* Where the kernel finds the byte at the user's `va`, if the user may do `access` (PTE_R or PTE_W)
 * there; else NULL. Good up to the end of that page, and until page_free is called for that page:
 * the page stays even if another thread unmaps it. */
void *uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access);
void uvm_unpin(void *kva);

/* Copy between kernel and user; false if any of the user's range may not be used so, whatever the
 * address is. A copy that fails may have done a part. */
bool uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len);
bool uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* With a spinlock held: how many bytes could be copied. For the next one uvm_fault has to be asked,
 * without the lock. */
size_t uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len);
size_t uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* A string of less than `size` bytes: its length, or -EFAULT, or -ENAMETOOLONG. */
long uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size);

/* Between uvm.c, uvm_area.c and uvm_copy.c; with the lock, but for uvm_close_areas. */

/* Where the kernel finds the byte, or NULL: uvm_fault knows why. */
char *uvm_reach(struct uvm *uvm, uint64_t va, uint64_t access);

/* The area that `va` is in, or NULL. */
struct uvm_area *uvm_find_area(struct uvm *uvm, uint64_t va);

/* All areas' pages have been unmapped: write to their files, and let go of these. */
void uvm_close_areas(struct uvm *uvm);

/* Put a page of zeros at `va`; false: no memory. */
bool uvm_map_zeros(struct uvm *uvm, uint64_t va, uint64_t flags);

/* Free the pages of [start, end), so that no hart knows them any more. */
void uvm_unmap(struct uvm *uvm, uint64_t start, uint64_t end);

#endif

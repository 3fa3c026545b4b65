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

/* An empty address space. False: no memory, and nothing to destroy. */
bool uvm_create(struct uvm *uvm);

/* The same as a copy of another one, for fork. They share all pages but the one at `stack`, which
 * both processes are about to write to. */
bool uvm_copy(struct uvm *to, struct uvm *from, uint64_t stack);

/* Gives its memory back. May sleep, because it writes to mapped files. */
void uvm_destroy(struct uvm *uvm);

/* For a program that is being loaded: puts a new page at `va`, which the program may access as
 * PTE_R, PTE_W and PTE_X in `access` say. Its address in the kernel, or NULL: no memory. The caller
 * fills the page. */
void *uvm_map(struct uvm *uvm, uint64_t va, uint64_t access);

/* Moves the end of the heap by `bytes`, and sets *old to where it was. New pages come at once, or
 * with `is_lazy` when they are used. A move below 0 does nothing. False: no memory, or an area is
 * in the way. */
bool uvm_grow(struct uvm *uvm, int64_t bytes, bool is_lazy, uint64_t *old);

/*
 * Maps `len` bytes, rounded up to pages, as `request` says; its start and end are ignored. The
 * address, or -errno. Shared memory and files cannot have a guard page.
 */
int64_t uvm_map_area(struct uvm *uvm, uint64_t len, const struct uvm_area *request);

/* Unmaps what is mapped in [start, start + len); gaps are passed over. 0 or -errno. Sleeps. */
int uvm_unmap_area(struct uvm *uvm, uint64_t start, uint64_t len);

/* Writes what is mapped there to its files. 0 or -errno; -ENOMEM if there is a gap. Sleeps. */
int uvm_sync_area(struct uvm *uvm, uint64_t start, uint64_t len);

/* Serves a page fault: the process has no page at `va` that permits `access` (PTE_R, PTE_W or
 * PTE_X). 0: it tries again; -EFAULT: the access is not allowed; -ENOMEM; -EIO. May sleep, to read
 * a file. */
int uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access);

/* The kernel's access to user memory. It may sleep, to read a file; the two functions that try do
 * not. */

/* The kernel's address of the byte at the user's `va`, if the user may do `access` (PTE_R or PTE_W)
 * there; else NULL. It is valid up to the end of that page, and until uvm_unpin: the page stays
 * even if another thread unmaps it. */
void *uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access);
void uvm_unpin(void *kva);

/* Copy `len` bytes between kernel and user. False: some byte of the user's range does not permit
 * it; a part may have been copied. Any address is safe. */
bool uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len);
bool uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* The same for a caller that holds a spinlock: how many bytes were copied. If that is less than
 * `len`, the caller releases its lock and calls uvm_fault for the next byte. */
size_t uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len);
size_t uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len);

/* Copies a string and its NUL, `size` bytes at the most: its length, -EFAULT, or -ENAMETOOLONG. */
long uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size);

/* What uvm.c, uvm_area.c and uvm_copy.c share. All but uvm_close_areas want the lock held. */

/* The kernel's address of the byte at `va`; NULL: uvm_fault says why. */
char *uvm_reach(struct uvm *uvm, uint64_t va, uint64_t access);

/* The area that `va` is in, or NULL. */
struct uvm_area *uvm_find_area(struct uvm *uvm, uint64_t va);

/* When all pages of areas have been unmapped: writes them to their files, and drops the references
 * to those. */
void uvm_close_areas(struct uvm *uvm);

/* Puts a page of zeros at `va`; false: no memory. */
bool uvm_map_zeros(struct uvm *uvm, uint64_t va, uint64_t flags);

/* Frees the pages of [start, end), once no hart has a translation to them any more. */
void uvm_unmap(struct uvm *uvm, uint64_t start, uint64_t end);

#endif

/* The kernel's access to user memory, through the linear map. If a page of a file is not in memory
 * yet, it is read between two tries, without the lock. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/uvm/uvm.h"

void *
uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access)
{
    char *kva;

    do {
        lock_acquire(&uvm->lock);
        kva = uvm_reach(uvm, va, access);
        if (kva)
            page_share(kva - va % PAGE_SIZE);
        lock_release(&uvm->lock);
    } while (!kva && uvm_fault(uvm, va, access) == 0);
    return kva;
}

void
uvm_unpin(void *kva)
{
    page_free((char *)kva - (uint64_t)kva % PAGE_SIZE);
}

/* The number of bytes to the end of va's page, at most `len`. */
static size_t
piece_len(uint64_t va, size_t len)
{
    size_t left = PAGE_SIZE - va % PAGE_SIZE;

    return len < left ? len : left;
}

size_t
uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    size_t done = 0;

    lock_acquire(&uvm->lock);
    while (done < len) {
        size_t piece = piece_len(from + done, len - done);
        const char *kva = uvm_reach(uvm, from + done, PTE_R);
        if (!kva)
            break;
        memcpy((char *)to + done, kva, piece);
        done += piece;
    }
    lock_release(&uvm->lock);
    return done;
}

size_t
uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    size_t done = 0;

    lock_acquire(&uvm->lock);
    while (done < len) {
        size_t piece = piece_len(to + done, len - done);
        char *kva = uvm_reach(uvm, to + done, PTE_W);
        if (!kva)
            break;
        memcpy(kva, (const char *)from + done, piece);
        done += piece;
    }
    lock_release(&uvm->lock);
    return done;
}

bool
uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    size_t done = uvm_try_copy_in(uvm, to, from, len);

    while (done < len && uvm_fault(uvm, from + done, PTE_R) == 0)
        done += uvm_try_copy_in(uvm, (char *)to + done, from + done, len - done);
    return done == len;
}

bool
uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    size_t done = uvm_try_copy_out(uvm, to, from, len);

    while (done < len && uvm_fault(uvm, to + done, PTE_W) == 0)
        done += uvm_try_copy_out(uvm, to + done, (const char *)from + done, len - done);
    return done == len;
}

/* Copies up to the end of the string, or as far as there are pages. *is_whole says which. */
static size_t
try_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size, bool *is_whole)
{
    size_t done = 0;

    *is_whole = false;
    lock_acquire(&uvm->lock);
    while (done < size && !*is_whole) {
        size_t piece = piece_len(from + done, size - done), len;
        const char *kva = uvm_reach(uvm, from + done, PTE_R);
        if (!kva)
            break;
        len = strnlen(kva, piece);
        memcpy(to + done, kva, len);
        done += len;
        *is_whole = len < piece;
    }
    lock_release(&uvm->lock);
    return done;
}

long
uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    size_t done = 0;
    bool is_whole;

    for (;;) {
        done += try_copy_string(uvm, to + done, from + done, size - done, &is_whole);
        if (is_whole) {
            to[done] = '\0';
            return (long)done;
        }
        if (done == size)
            return -ENAMETOOLONG;
        if (uvm_fault(uvm, from + done, PTE_R) < 0)
            return -EFAULT;
    }
}

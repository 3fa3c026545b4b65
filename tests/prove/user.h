/*
 * toyos's user memory, for proofs of what uses it: a buffer of a process at any address, also
 * across the end of the address space. What is asked for has to be the next bytes of it, and the
 * kernel's own bytes have to be there; a page of the user's may be missing. Nothing is copied. How
 * memory is reached is what uvm_copy.c has proved.
 */
#ifndef DUET_TESTS_PROVE_USER_H
#define DUET_TESTS_PROVE_USER_H

#include "tests/prove/prove.h"

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/proc/proc.h"

#define FAULTS_MAX 1 /* that are resolved: one more is an error */

static struct proc process;
#define proc_this() (&process)

/* Where in its page an address is that is pinned: what needs only one place says so before. */
#ifndef USER_AT
#define USER_AT(va) ((va) % PAGE_SIZE)
#endif

static struct {
    uint64_t va;
    size_t len, done; /* bytes */
    unsigned faults;
    char page[PAGE_SIZE]; /* the one page behind all addresses that are pinned */
    bool is_pinned;
} user;

/* A buffer of up to `max` bytes. */
static inline void
any_user(size_t max)
{
    user.va = prove_u64("user address");
    user.len = prove_below("bytes", max + 1);
}

/* The arguments of a system call, of which that one is the address of a buffer of `len` bytes. */
static inline void
any_user_argument(uint64_t arg[6], unsigned address, size_t len)
{
    prove_fill("arguments", arg, 6 * sizeof(arg[0]));
    user.va = arg[address];
    user.len = len;
}

static inline void
user_check(const struct uvm *uvm, uint64_t va, size_t len)
{
    prove_check(uvm == &process.uvm, "the process's own memory");
    prove_check(va == user.va + user.done && len <= user.len - user.done,
                "the next bytes of the user's buffer, and no more than it has");
}

/* So many bytes are there. */
static inline void
kernel_check(const void *at, size_t len)
{
#ifdef PROVE_CBMC
    __CPROVER_assert(__CPROVER_r_ok(at, len), "bytes of the kernel's that there are");
#else
    for (size_t i = 0; i < len; i++)
        (void)((const volatile char *)at)[i];
#endif
}

static inline size_t
user_try(const struct uvm *uvm, uint64_t va, const void *at, size_t len)
{
    size_t n = prove_below("bytes that are copied", len + 1);

    user_check(uvm, va, len);
    kernel_check(at, len);
    user.done += n;
    return n;
}

size_t
uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    return user_try(uvm, to, from, len);
}

size_t
uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    return user_try(uvm, from, to, len);
}

bool
uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    user_check(uvm, to, len);
    kernel_check(from, len);
    if (!prove_bool("the pages are there"))
        return false;
    user.done += len;
    return true;
}

int
uvm_fault(struct uvm *uvm, uint64_t va, uint64_t access)
{
    (void)access;
    user_check(uvm, va, 1);
    if (user.faults++ == FAULTS_MAX)
        return -EFAULT;
    return prove_bool("it comes") ? 0 : -EFAULT;
}

void *
uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access)
{
    (void)access;
    user_check(uvm, va, 1);
    prove_check(!user.is_pinned, "one page at a time");
    user.is_pinned = prove_bool("the page is there");
    prove_assume(va % PAGE_SIZE == USER_AT(va));
    return user.is_pinned ? user.page + USER_AT(va) : NULL;
}

void
uvm_unpin(void *kva)
{
    prove_check(user.is_pinned && (char *)kva >= user.page && (char *)kva < user.page + PAGE_SIZE,
                "the page that is pinned");
    user.is_pinned = false;
}

/* What is done with the bytes of the user's page at `at`. */
static inline void
pinned_check(const void *at, size_t len)
{
    prove_check(user.is_pinned && at == user.page + (user.va + user.done) % PAGE_SIZE &&
                    len <= PAGE_SIZE - (user.va + user.done) % PAGE_SIZE &&
                    len <= user.len - user.done,
                "the next bytes of the user's buffer, in the page that is pinned");
    user.done += len;
}

#endif

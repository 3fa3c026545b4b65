/*
 * The kernel's access to user memory: any address, of any length, with any pages there and not.
 * Bytes are not copied here: where from and where to is looked at.
 *
 * Bounds: a page and two bytes, which lie across 3; one of them comes by a fault.
 */
#include "tests/prove/prove.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/uvm/uvm.h"

static void any_memcpy(void *to, const void *from, size_t len);
static size_t any_strnlen(const char *text, size_t len);
#define memcpy  any_memcpy
#define strnlen any_strnlen
#include "toyos/kernel/uvm/uvm_copy.c"
#undef memcpy
#undef strnlen

/* with: */

#define LEN_MAX    (PAGE_SIZE + 2)
#define FAULTS_MAX 1

static char user_page[PAGE_SIZE], kernel[LEN_MAX];
static struct uvm uvm;
static bool is_locked;
static unsigned faults;
static size_t copied, len;
static uint64_t user, wanted; /* the first address, and the access */

void
lock_acquire(struct lock *lock)
{
    prove_check(lock == &uvm.lock && !is_locked, "the lock is free");
    is_locked = true;
}

void
lock_release(struct lock *lock)
{
    prove_check(lock == &uvm.lock && is_locked, "the lock is held");
    is_locked = false;
}

void
page_share(void *page)
{
    prove_check(page == user_page && is_locked, "the user's page is kept");
}

void
page_free(void *page)
{
    prove_check(page == user_page, "the user's page is let go");
}

/* One page of memory is behind all addresses, for one is looked at at a time. */
char *
uvm_reach(struct uvm *of, uint64_t va, uint64_t access)
{
    prove_check(of == &uvm && is_locked, "the tables are looked at with the lock held");
    prove_check(access == wanted && va == user + copied, "the next byte is looked up");
    if (va >= USER_TOP || !prove_bool("the page is there"))
        return NULL;
    return user_page + va % PAGE_SIZE;
}

int
uvm_fault(struct uvm *of, uint64_t va, uint64_t access)
{
    prove_check(of == &uvm && !is_locked, "a fault may sleep");
    prove_check(access == wanted && va == user + copied, "the next byte is missing");
    if (va >= USER_TOP || faults++ == FAULTS_MAX)
        return -EFAULT;
    return prove_bool("it comes") ? 0 : -EFAULT;
}

static void
any_memcpy(void *to, const void *from, size_t piece)
{
    uintptr_t here = (uintptr_t)(wanted == PTE_W ? to : from) - (uintptr_t)user_page;
    uintptr_t there = (uintptr_t)(wanted == PTE_W ? from : to) - (uintptr_t)kernel;

    prove_check(here < PAGE_SIZE && piece <= PAGE_SIZE - here, "within the user's page");
    prove_check(here == (user + copied) % PAGE_SIZE, "at the user's address");
    prove_check(there == copied && piece <= len - copied, "within the kernel's memory, in order");
    copied += piece;
}

static size_t
any_strnlen(const char *text, size_t piece)
{
    uintptr_t here = (uintptr_t)text - (uintptr_t)user_page;

    prove_check(here < PAGE_SIZE && piece <= PAGE_SIZE - here, "within the user's page");
    return prove_below("bytes before NUL", piece + 1);
}

static void
any_range(uint64_t access)
{
    user = prove_u64("user address");
    len = prove_below("bytes", LEN_MAX + 1);
    wanted = access;
}

/* What holds after a copy that has returned `is_whole`. */
static void
copy_check(bool is_whole)
{
    prove_check(is_whole == (copied == len), "true if all of it was copied");
    prove_check(!is_locked, "the lock is let go");
    prove_check(copied == 0 || (user < USER_TOP && copied <= USER_TOP - user),
                "the user's half alone");
}

PROVE(uvm_copy_in, 4, FULL)
{
    any_range(PTE_R);
    copy_check(uvm_copy_in(&uvm, kernel, user, len));
}

PROVE(uvm_copy_out, 4, FULL)
{
    any_range(PTE_W);
    copy_check(uvm_copy_out(&uvm, user, kernel, len));
}

PROVE(uvm_copy_string, 4, FULL)
{
    long result;

    any_range(PTE_R);
    result = uvm_copy_string(&uvm, kernel, user, len);
    prove_check(result == -EFAULT || result == -ENAMETOOLONG || (size_t)result == copied,
                "how long it is, or why not");
    prove_check(result < 0 || (copied < len && kernel[copied] == '\0'),
                "there is room for its NUL");
    prove_check(result != -ENAMETOOLONG || copied == len, "too long is as long as there is room");
    prove_check(!is_locked, "the lock is let go");
}

PROVE(uvm_pin, 5, QUICK)
{
    uint64_t access = prove_bool("to write") ? PTE_W : PTE_R;
    char *kva;

    any_range(access);
    kva = uvm_pin(&uvm, user, access);
    prove_check(!is_locked, "the lock is let go");
    prove_check(!kva || (user < USER_TOP && kva == user_page + user % PAGE_SIZE),
                "the byte at the address");
}

/* A process of toyos's with two children, and one thread, which calls; for proofs of the calls of
 * toyos/kernel/proc/proc.c, which is included behind this. */
#ifndef DUET_TESTS_PROVE_PROCESS_H
#define DUET_TESTS_PROVE_PROCESS_H

#include "tests/prove/lock_one.h"

#include <stdlib.h>

/* What is not reached is compiled, too, on the PC. */
#include "toyos/kernel/riscv_ops.h"

extern struct hart hart;
#define hart_this() (&hart)

#include "toyos/kernel/proc/proc.h"

static struct proc process;
#define proc_this() (&process)

static struct thread one_thread;
#define thread_this() (&one_thread)

#include "toyos/kernel/sched/sched.h"

#define CHILDREN  2
#define FIRST_PID 11

static struct proc child[CHILDREN];
static uint64_t arg[6];   /* of the call: the address of a word */
static uint32_t told = 1; /* the word, if it is told; at first what it has before */
static bool is_told;

/* Sets all but process.children, which stays NULL: the caller says whether the children are there.
 */
static void
any_process(void)
{
    for (unsigned i = 0; i < CHILDREN; i++) {
        child[i].pid = FIRST_PID + (int)i;
        child[i].parent = &process;
        child[i].next_sibling = i + 1 < CHILDREN ? &child[i + 1] : NULL;
    }
    process.pid = FIRST_PID - 1;
    arg[0] = prove_u64("address");
}

static bool
is_in(const struct proc *list, const struct proc *proc)
{
    for (unsigned i = 0; list && i < CHILDREN + 1; list = list->next_sibling, i++)
        if (list == proc)
            return true;
    return false;
}

bool
uvm_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    prove_check(uvm == &process.uvm && to == arg[0] && len == sizeof(told) && !is_locked,
                "to where it was asked for, whole");
    told = *(const uint32_t *)from;
    is_told = prove_bool("the page is there");
    return is_told;
}

#endif

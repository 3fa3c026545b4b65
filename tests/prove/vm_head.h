/*
 * A VM as far as its RAM, for proofs of what needs no more of it. Its vCPUs are large, and what
 * CBMC knows of the fields of a struct it forgets if that is a piece of memory without a type.
 */
#ifndef DUET_TESTS_PROVE_VM_HEAD_H
#define DUET_TESTS_PROVE_VM_HEAD_H

#include "vmm/machine/vm.h"

static struct {
    const void *given[3];
    struct trace *trace;
    int fd[2];
    struct guest_mem mem;
} vm_head;

_Static_assert(offsetof(struct vm, trace) == sizeof(vm_head.given) &&
                   offsetof(struct vm, mem) + sizeof(vm_head.mem) == sizeof(vm_head),
               "vm_head is how struct vm begins");

static inline struct vm *
vm_with_ram(struct guest_mem mem)
{
    vm_head.mem = mem;
    return (struct vm *)&vm_head;
}

#endif

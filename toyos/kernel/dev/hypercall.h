/* Hypercalls, for what only duet has. platform->info is NULL where duet is not. */
#ifndef TOYOS_HYPERCALL_H
#define TOYOS_HYPERCALL_H

#include "toyos/kernel/mm/pagetable.h"

#define DUET_PHYS(pointer) kva_to_pa(pointer)
#include "abi/guest.h"

#endif

/* Structs of the system calls that are toyos's own. */
#ifndef TOYOS_TOYOS_H
#define TOYOS_TOYOS_H

#include "kernel/types.h"

/* What hyperinfo fills in: what the hypervisor said in the handshake. */
struct hyperinfo {
    uint abi_version;
    uint calls;      /* hypercalls from 0 to calls - 1 are known */
    uint64 features; /* DUET_FEATURE_* */
};

#endif

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

/* What sysinfo fills in. */
struct sysinfo {
    uint64 page_size;
    uint64 pages;      /* that processes and the kernel can get, when nothing runs */
    uint64 free_pages; /* exact */
    uint64 uptime_ns;
    uint processes;
    uint harts;
};

/* What procinfo fills in for a process. */
struct procinfo {
    int pid, parent; /* parent 0: none */
    int threads;
    int is_zombie;
    uint64 size;   /* bytes up to the end of the heap */
    uint64 run_ns; /* on a hart, until its last turn ended */
    char name[16]; /* with its NUL */
};

#endif

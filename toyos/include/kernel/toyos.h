/* Structs of the system calls that are toyos's own. */
#ifndef TOYOS_TOYOS_H
#define TOYOS_TOYOS_H

#include "kernel/types.h"

/* What hyperinfo fills in: what the hypervisor said in the handshake. */
struct hyperinfo {
    uint abi_version;
    uint calls;      /* hypercalls from 0 to calls - 1 are known */
    uint64 features; /* DUET_FEATURE_* */
    uint64 steal_ns; /* how long harts were ready and did not run, since the boot, summed */
    uint columns;    /* of the terminal; 0 if there is none */
    uint rows;
};

/* What hypercount fills in: counters of one hypercall since the boot. */
struct hypercount {
    uint64 count;
    uint64 errors; /* how many of them failed */
    uint64 bytes;  /* in buffers that were read and filled */
};

/* The clocks: nanoseconds since the boot, and since 1970. */
#define CLOCK_MONOTONIC 0
#define CLOCK_REALTIME  1

/* mmap. A page that may be written to may be read as well. MAP_STACK: the lowest page is a guard,
 * and cannot be accessed. */
#define PROT_NONE     0
#define PROT_READ     1
#define PROT_WRITE    2
#define PROT_EXEC     4
#define MAP_SHARED    0x01
#define MAP_PRIVATE   0x02
#define MAP_ANONYMOUS 0x20
#define MAP_STACK     0x20000
#define MAP_FAILED    ((void *)-1)

/* msync. MS_SYNC: returns when all is on the disk for good. */
#define MS_ASYNC      1
#define MS_INVALIDATE 2 /* nothing to do: all who map a file see the same */
#define MS_SYNC       4

/* console_mode: input by lines with echo; each character as it is typed; or by lines without echo,
 * until Ctrl-C. */
#define CONSOLE_LINES 0
#define CONSOLE_RAW   1
#define CONSOLE_QUIET 2

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

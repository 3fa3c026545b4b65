/* The command line, parsed with argp. */
#ifndef DUET_VMM_OPTIONS_H
#define DUET_VMM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/hypercalls.h"

/* Fits every course's machine; raise it together with the tests. */
#define CPUS_MAX 16

/* Copies that a guest may ask for. */
#define COPIES_MAX 1000

#define OPTION_VIRTIO_RNG     1u
#define OPTION_VIRTIO_CONSOLE 2u
#define OPTION_VIRTIO_BALLOON 4u
#define OPTION_VIRTIO_ALL     7u

/* --memory-pages */
enum option_pages { PAGES_4K, PAGES_2M, PAGES_AUTO };

struct options {
    const char *guest;       /* path of the ELF file; NULL: none, with `restore` or `firmware` */
    char *bootargs;          /* the words after it, joined by blanks; "" if none. On the heap. */
    const char *name;        /* of the VM, for its control socket; NULL: none given */
    const char *dtb;         /* where the device tree is written to, and no guest runs; or NULL */
    const char *firmware;    /* what the first unit of flash memory has, and runs; NULL: neither */
    const char *variables;   /* what the second one has */
    bool variables_saved;    /* it is overwritten with what it had when the machine was saved */
    const char *initrd;      /* path of the initial RAM disk, or NULL */
    const char *save;        /* where the machine is saved when that is asked for, or NULL */
    bool save_ends;          /* and it does not go on then */
    bool save_disks;         /* with copies of its disks */
    const char *restore;     /* the machine to go on with, or NULL */
    bool restore_is_address; /* not its file, but where it comes to: --migrate-from */
    unsigned fork;           /* how many copies the guest may have made of it, COPIES_MAX at most */
    const char *core;        /* where a guest that died is left for gdb, or NULL */
    const char *trace;       /* where trace lines go: NULL: nowhere, "-": stderr, else a path */
    const char *gdb; /* where gdb connects: ":PORT", a device, or a socket's path; NULL: nowhere */
    uint64_t memory; /* bytes of guest RAM, a multiple of the page size; of what is restored, 0 */
    enum option_pages pages; /* of RAM; 4K with what is restored */
    unsigned cpus;           /* 1..CPUS_MAX; of what is restored, 0 */
    bool sandbox;            /* --sandbox=off makes it false */
    bool note;               /* insist on the guest's ABI note */
    bool board;              /* offer the devices of QEMU's machine `virt`, too; likewise */
    unsigned virtio; /* the board's virtio devices besides disks: OPTION_VIRTIO_*; likewise */
    bool stats;      /* print counters at the end */
    bool hypercalls; /* print the table of hypercalls, and no more */
    int log_level;   /* print guest_log lines up to this DUET_LOG_* level */
};

struct argp_child;

/* Parses the command line. `more` has further options (argp's children, an array that ends with
 * zeroes), or is NULL. On a mistake it says what is wrong in one line and where help is in another,
 * and exits with status 2; --help and its like exit with status 0. */
void options_parse(struct options *options, int argc, char **argv, const struct argp_child *more);

#endif

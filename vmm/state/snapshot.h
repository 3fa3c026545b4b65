/*
 * The file that a machine is saved in. It is read and checked whole, but for the guest's RAM,
 * before a VM exists.
 *
 *     the head     words and pieces (state_data.h), in this order:
 *                    magic, version, bytes of the head, sum of all that follows
 *                    the machine: ABI version, RAM's size, number of harts, what the harts are like
 *                      (struct snapshot_kind), the guest's ELF file by its sum, boot arguments,
 *                      whether it has a board, and the board's virtio devices besides disks
 *                    for each hart: whether it is stopped; its registers, each KVM's id and a value
 *                      of the size that the id says
 *                    events: those that the guest has selected
 *                    M-mode, of a guest that has not left it (board/machine_mode.h): a piece
 *                    devices: for each a piece with its name and a piece with its state
 *                    which copies of files there are (device/disk_copy.h): a piece, mostly empty
 *                  and zeroes up to the next page
 *     the RAM      all of it; pages of zeroes are holes in the file
 *     the copies   of files that the machine has
 *
 * A restored machine maps the RAM from the file, copy-on-write: the file may be renamed or removed
 * meanwhile, but must not be changed. That is why it is always written anew under another name.
 */
#ifndef DUET_VMM_SNAPSHOT_H
#define DUET_VMM_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/device/disk_copy.h"
#include "vmm/options.h"
#include "vmm/state/state_data.h"

#define SNAPSHOT_MAGIC   "DUETSAVE"
#define SNAPSHOT_VERSION 5

/* Words in front of those that the sum is over. */
#define SNAPSHOT_PREAMBLE (4 * sizeof(uint64_t))

/* No head is larger: typed-ahead input, of 16 MiB at most, is the most of it. */
#define SNAPSHOT_HEAD_MAX (32 << 20)

/* What the host's KVM gives to a hart; a machine goes on only where that is the same. */
struct snapshot_kind {
    uint64_t timebase;  /* Hz */
    uint64_t satp_mode; /* the widest that there is */
    uint64_t letters;   /* single-letter extensions, a bit each */
    uint64_t isa[2];    /* KVM's numbers of all extensions, a bit each */
};

struct snapshot_hart {
    bool stopped; /* by HSM, SBI 2.0 §9 */
    struct state_reader regs;
};

struct snapshot {
    const char *path;
    bool is_sent;        /* another duet sends it (migrate.h): the file has holes for RAM */
    int fd;              /* -1: not open */
    unsigned char *head; /* what the readers read; on the heap */
    uint64_t memory;     /* bytes of RAM */
    uint64_t ram_offset; /* in the file */
    unsigned cpus;
    struct snapshot_kind kind;
    uint64_t image_sum;
    char *bootargs; /* on the heap */
    bool board;
    unsigned virtio; /* OPTION_VIRTIO_*; 0 without a board */
    struct snapshot_hart hart[CPUS_MAX];
    uint64_t events_enabled;
    struct state_reader machine_mode; /* empty without a board */
    struct state_reader devices;
    struct disk_copies copies;

    /* Of a copy (copies.h): its number, and the hart that gets it as its call's result. */
    unsigned copy; /* 0: it is none */
    unsigned copy_hart;
};

/* Opens and checks the file. 0, or -1 after saying, in one line, which file and why not. */
int snapshot_open(struct snapshot *snapshot, const char *path);

/* The same for a file that is open for reading, and is called `path` in messages. It is the
 * snapshot's, and closed if that fails. */
int snapshot_open_fd(struct snapshot *snapshot, int fd, const char *path);
void snapshot_close(struct snapshot *snapshot);

/* Registers. An id has KVM's type of register in it, and the size of its value: a vector's at most
 * (V 1.0 §2). */
#define SNAPSHOT_REG_SIZE_MAX 8192

/* Whether the register is part of a hart's state: not what the host decides on (its instruction
 * set, the SBI calls that there are, how fast its clock is). */
bool snapshot_reg_is_state(uint64_t id);

/* Bytes of its value. */
size_t snapshot_reg_size(uint64_t id);

/* Takes the next register: its value in place, NULL if there is none. */
const unsigned char *snapshot_reg_get(struct state_reader *regs, uint64_t *id);

#endif

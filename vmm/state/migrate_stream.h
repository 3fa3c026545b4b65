/*
 * What one duet sends another, to have its guest go on there: records, each a struct stream_record
 * and the bytes that it speaks of.
 *
 *     HEAD           the machine as it was when the sending began, for the receiver to refuse
 *     PAGES, ZEROES  of RAM, while the guest runs: a page may come again
 *     ROUND          after all that was to be sent: the receiver answers when it has got here
 *     HEAD           the machine as it is to go on; there is no more
 *
 * HEAD is the head of a file that a machine is saved in (snapshot.h), and is checked as that.
 * Nothing that comes is trusted: it may be anybody's.
 *
 * The receiver says a byte at a time. STREAM_READY, when it has checked the first HEAD and has a
 * machine for it, and again, when it has all and could go on; STREAM_HERE at each ROUND. Then the
 * sender says STREAM_GO, after which the guest is never its own again, and the receiver
 * STREAM_RUNS.
 *
 * ROUND is there for a line that holds much, such as a slow one with large buffers: without it a
 * round would be over when the line has it, and the guest stand still while all of that arrives.
 */
#ifndef DUET_VMM_MIGRATE_STREAM_H
#define DUET_VMM_MIGRATE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/guest/guest_mem.h"
#include "vmm/state/snapshot.h"

/* The number has to move with what is said here. */
#define STREAM_HEAD   0x32766f4d74657544ULL /* "DuetMov2" */
#define STREAM_PAGES  1
#define STREAM_ZEROES 2
#define STREAM_ROUND  3

#define STREAM_READY 'r'
#define STREAM_HERE  'h'
#define STREAM_GO    'g'
#define STREAM_RUNS  'R'

/* Most bytes of PAGES. */
#define STREAM_RUN_MAX ((uint64_t)256 << 10)

struct stream_record {
    uint64_t kind;
    uint64_t at;  /* HEAD: bytes of RAM that the machine has; else an offset in RAM */
    uint64_t len; /* bytes: HEAD: of the head, which follow; PAGES: which follow; else none do */
};

/* Takes the first record, and reads it as a snapshot. `from` is what the other side is called in
 * messages. 0, or -1 after saying why; close the snapshot when it is 0. */
int stream_head_receive(int fd, const char *from, struct snapshot *snapshot);

/* Says a byte to the sender. 0, or -1 after saying why. */
int stream_byte_say(int fd, const char *from, char byte);

/* Takes RAM, and what ends it: the machine as it is to go on, in `last`. That has to be the machine
 * which `first` has spoken of. 0, or -1 after saying why. */
int stream_ram_receive(int fd, const char *from, const struct guest_mem *mem,
                       const struct snapshot *first, struct snapshot *last);

#endif

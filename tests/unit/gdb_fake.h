/* A guest for gdb's protocol without KVM: a few harts, a kilobyte of memory, and what was asked of
 * it. */
#ifndef DUET_TESTS_GDB_FAKE_H
#define DUET_TESTS_GDB_FAKE_H

#include "vmm/debug/gdb_regs.h"
#include "vmm/debug/gdb_stub.h"

#define FAKE_HARTS  3
#define FAKE_BASE   0x1000
#define FAKE_MEMORY 1024

struct debugger {
    struct gdb_stub stub;
    uint64_t reg[FAKE_HARTS][GDB_REGS];
    uint8_t memory[FAKE_MEMORY]; /* at FAKE_BASE */
    uint64_t breakpoint;         /* the one there is, or 0 */
    enum breakpoint_kind kind;   /* of that one */
    struct target_action action[CPUS_MAX];
    unsigned resumed, stopped, detached, killed; /* how often */
    char monitored[64];                          /* the last line for it */
    size_t sent_len;
    char sent[4 * GDB_PACKET_MAX]; /* all that went to gdb since fake_clear() */
};

/* A guest that is stopped, with a gdb on it. */
void fake_begin(struct debugger *fake);
void fake_clear(struct debugger *fake);

#endif

/*
 * What a debugger's protocol acts upon: the harts and the memory of a guest, as a struct of
 * functions. The real one is debugger_target.c; the unit tests and the fuzzer have another. gdb's
 * protocol (gdb_stub.c) is the one that uses it now; what carries a protocol's bytes is no part of
 * it.
 *
 * All of it is for the debugger's thread; but for stop() the guest has to be stopped. Harts are
 * numbered from 0, registers as gdb_regs.h has them.
 */
#ifndef DUET_VMM_DEBUG_TARGET_H
#define DUET_VMM_DEBUG_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/debug/breakpoint.h"
#include "vmm/options.h"

struct debugger;

/* What a hart does when the guest goes on. TARGET_STEP: its next instruction, and then further ones
 * for as long as the pc is from `start` to below `end`; both are 0 for one instruction. */
enum target_run { TARGET_HOLD, TARGET_CONTINUE, TARGET_STEP };

struct target_action {
    enum target_run run;
    uint64_t start, end;
};

/* Why the guest stopped. */
enum stop_reason {
    STOP_NONE,
    STOP_ASKED, /* somebody asked for it */
    STOP_POINT, /* a breakpoint, or the end of a step */
    STOP_PANIC, /* the guest died: it gave up by itself */
    STOP_FAULT, /* the guest died of anything else */
};

struct debug_target {
    /* How many harts there are: 1 to CPUS_MAX. */
    unsigned (*harts)(const struct debugger *debugger);

    /* Whether the guest has started the hart (SBI 2.0 §9). */
    bool (*is_started)(struct debugger *debugger, unsigned hart);

    /* False if there is no such register, or it cannot be written. */
    bool (*reg_read)(struct debugger *debugger, unsigned hart, unsigned number, uint64_t *value);
    bool (*reg_write)(struct debugger *debugger, unsigned hart, unsigned number, uint64_t value);

    /* Copy from and to guest virtual memory, as the hart's satp maps it. False unless all of it is
     * RAM; a write may have been done in part then. */
    bool (*mem_read)(struct debugger *debugger, unsigned hart, uint64_t gva, void *to, size_t len);
    bool (*mem_write)(struct debugger *debugger, unsigned hart, uint64_t gva, const void *from,
                      size_t len);

    /* False if there are too many, or none there. */
    bool (*breakpoint_set)(struct debugger *debugger, uint64_t gva, enum breakpoint_kind kind);
    bool (*breakpoint_clear)(struct debugger *debugger, uint64_t gva, enum breakpoint_kind kind);

    /* Lets the harts go on. The debugger reports the next stop, or the end, to the protocol. */
    void (*resume)(struct debugger *debugger, const struct target_action action[CPUS_MAX]);

    /* Stops all harts, and returns when they are. False if the guest has ended meanwhile. */
    bool (*stop)(struct debugger *debugger);

    /* The protocol has let go: the guest runs on without breakpoints. */
    void (*detach)(struct debugger *debugger);

    /* Ends the guest. */
    void (*kill)(struct debugger *debugger);

    /* Serves a line of gdb's `monitor`; prints what it says to `answer`. */
    void (*monitor)(struct debugger *debugger, unsigned hart, const char *line, FILE *answer);
};

#endif

/*
 * What gdb's packets act upon: the harts and the memory of a guest. debugger.c is the real one, the
 * unit tests and the fuzzer have another. All of it is for the debugger's thread; but for
 * target_stop() the guest has to be stopped.
 */
#ifndef DUET_VMM_DEBUG_TARGET_H
#define DUET_VMM_DEBUG_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/options.h"

struct debugger;
struct gdb_packet;

/* What a hart is to do when the guest goes on. */
enum target_run { TARGET_HOLD, TARGET_CONTINUE, TARGET_STEP };

/* How many harts there are: 1 to CPUS_MAX, numbered from 0. */
unsigned target_harts(const struct debugger *target);

/* Whether the guest has started the hart (SBI 2.0 §9). */
bool target_is_started(struct debugger *target, unsigned hart);

/* Registers by gdb_regs.h's numbers. False if it is not there, or cannot be written. */
bool target_reg_get(struct debugger *target, unsigned hart, unsigned number, uint64_t *value);
bool target_reg_set(struct debugger *target, unsigned hart, unsigned number, uint64_t value);

/* Copies from and to guest virtual memory, as the hart's satp maps it. False unless all of it is
 * RAM; a write may have been done in part then. */
bool target_read(struct debugger *target, unsigned hart, uint64_t gva, void *to, size_t len);
bool target_write(struct debugger *target, unsigned hart, uint64_t gva, const void *from,
                  size_t len);

/* False if there are too many, or none there. */
bool target_breakpoint_set(struct debugger *target, uint64_t gva);
bool target_breakpoint_clear(struct debugger *target, uint64_t gva);

/* Lets the harts go on. The next stop is told by gdb_stub_stopped(), the end by gdb_stub_ended().
 */
void target_resume(struct debugger *target, const enum target_run run[CPUS_MAX]);

/* Stops all harts, and returns when they are. False if the guest has ended meanwhile. */
bool target_stop(struct debugger *target);

/* gdb has let go: the guest runs on without breakpoints. */
void target_detach(struct debugger *target);

/* Ends the guest. */
void target_kill(struct debugger *target);

/* Serves a line of gdb's `monitor`; adds what it says to `answer`. */
void target_monitor(struct debugger *target, unsigned hart, const char *line,
                    struct gdb_packet *answer);

/* Sends bytes to gdb. */
void target_send(struct debugger *target, const void *data, size_t len);

#endif

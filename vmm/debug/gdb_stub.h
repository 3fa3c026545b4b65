/*
 * gdb's remote serial protocol (gdb's manual, "Remote Protocol"), all-stop: from the bytes that
 * gdb sends to calls of debug_target.h, and back. Its threads are the harts: thread 1 is hart 0.
 *
 * What arrives is no more trusted than the guest is.
 */
#ifndef DUET_VMM_GDB_STUB_H
#define DUET_VMM_GDB_STUB_H

#include "vmm/debug/debug_target.h"
#include "vmm/debug/gdb_packet.h"

/* Signals by gdb's numbers (gdb's include/gdb/signals.def). */
enum gdb_signal {
    GDB_SIGNAL_0 = 0, /* none */
    GDB_SIGNAL_INT = 2,
    GDB_SIGNAL_TRAP = 5,
    GDB_SIGNAL_ABRT = 6,
    GDB_SIGNAL_SEGV = 11,
};

struct gdb_stub {
    struct debugger *target;
    bool attached;    /* a gdb is there */
    bool running;     /* it waits for a stop */
    bool no_ack;      /* it has asked for no acknowledgements */
    unsigned hart;    /* the one that registers and memory are of */
    unsigned stopped; /* the one that stopped last */
    unsigned signal;  /* and why */
    bool ended;       /* the guest is gone; `status` is the last word */
    unsigned status;
    struct gdb_receiver in;
    struct gdb_packet out; /* the last one, for when it is asked for again */
};

/* A gdb has connected. The guest is stopped. */
void gdb_stub_attach(struct gdb_stub *stub);

/* Takes bytes that gdb sent. */
void gdb_stub_input(struct gdb_stub *stub, const void *data, size_t len);

/* gdb is gone. */
void gdb_stub_detach(struct gdb_stub *stub);

/* The guest has stopped: `hart` is the one that made it. */
void gdb_stub_stopped(struct gdb_stub *stub, unsigned hart, enum gdb_signal signal);

/* The guest has ended with this status. */
void gdb_stub_ended(struct gdb_stub *stub, unsigned status);

/* Shows text in gdb, while the guest runs. */
void gdb_stub_say(struct gdb_stub *stub, const char *text);

#endif

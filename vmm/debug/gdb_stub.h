/*
 * gdb's remote serial protocol (gdb's manual, "Remote Protocol"), all-stop: from the bytes that
 * gdb sends to calls of struct debug_target, and back. Its threads are the harts: thread 1 is hart
 * 0.
 *
 * What arrives is no more trusted than the guest is.
 */
#ifndef DUET_VMM_GDB_STUB_H
#define DUET_VMM_GDB_STUB_H

#include "vmm/debug/debug_target.h"
#include "vmm/debug/gdb_packet.h"

struct gdb_stub {
    const struct debug_target *ops; /* what the packets act upon: `target` */
    struct debugger *target;
    void (*send)(void *line, const void *data, size_t len); /* sends bytes to gdb */
    void *line;
    bool attached;    /* a gdb is there */
    bool running;     /* it waits for a stop */
    bool no_ack;      /* it has asked for no acknowledgements */
    unsigned hart;    /* the hart whose registers and memory gdb reads and writes */
    unsigned stopped; /* the one that stopped last */
    enum stop_reason reason;
    bool interrupted; /* gdb sent Ctrl-C while stopped: the next resume stops at once */
    bool ended;       /* the guest is gone; `status` is the last word */
    unsigned status;
    struct gdb_receiver in;
    struct gdb_packet out; /* the last packet, in case gdb asks for it again */
};

/* A gdb has connected. The guest is stopped. */
void gdb_stub_attach(struct gdb_stub *stub);

/* Takes bytes that gdb sent. */
void gdb_stub_input(struct gdb_stub *stub, const void *data, size_t len);

/* gdb is gone. */
void gdb_stub_detach(struct gdb_stub *stub);

/* The guest has stopped: `hart` is the one that made it. */
void gdb_stub_stopped(struct gdb_stub *stub, unsigned hart, enum stop_reason reason);

/* The guest has ended with this status. */
void gdb_stub_ended(struct gdb_stub *stub, unsigned status);

/* Shows text in gdb, while the guest runs. */
void gdb_stub_say(struct gdb_stub *stub, const char *text);

#endif

/*
 * The hypercalls that a vCPU made last: the record that every hypercall writes, on the vCPU's
 * thread. It holds numbers and the first bytes of buffers; report/recent.c decodes them when there
 * is a report. That is on another thread, while this one may go on. A call that was overwritten
 * meanwhile is left out, but one that begins at that moment may still have parts of the call that
 * was there before. So nothing here is trusted more than what a guest says.
 */
#ifndef DUET_VMM_RECENT_CALL_H
#define DUET_VMM_RECENT_CALL_H

#include <stdint.h>
#include <string.h>

#include "vmm/call/sbi.h"
#include "vmm/trace/clock.h"
#include "vmm/trace/counter.h"
#include "vmm/trace/trace.h"

#define RECENT_CALLS   16
#define RECENT_BUFFERS 3 /* a0..a5 hold no more */

struct recent_call {
    uint64_t at; /* clock_ticks() when it was made */
    uint64_t nr;
    uint64_t reg[6]; /* a0..a5 of a call that takes arguments */
    uint64_t returned;
    uint64_t error, value; /* once it has */
    /* The beginning of each buffer, as the call read or filled it: the guest uses it for other
     * things later. */
    unsigned char buffer[RECENT_BUFFERS][TRACE_BUFFER_SHOWN];
};

/* A vCPU's hypercall `n`, counted from 0, is at n % RECENT_CALLS. */
struct recent_calls {
    struct recent_call call[RECENT_CALLS];
};

/* Hypercall `n` begins. */
static inline struct recent_call *
recent_begin(struct recent_calls *recent, uint64_t n, uint64_t nr)
{
    struct recent_call *call = &recent->call[n % RECENT_CALLS];

    counter_set(&call->returned, 0);
    counter_set(&call->at, clock_ticks());
    counter_set(&call->nr, nr);
    return call;
}

static inline void
recent_args(struct recent_call *call, const uint64_t reg[6])
{
    for (unsigned i = 0; i < 6; i++)
        counter_set(&call->reg[i], reg[i]);
}

/* What the call reads or has filled: `len` bytes of its buffer `n`, counted from 0. */
static inline void
recent_buffer(struct recent_call *call, unsigned n, const void *data, uint64_t len)
{
    memcpy(call->buffer[n], data, len < TRACE_BUFFER_SHOWN ? len : TRACE_BUFFER_SHOWN);
}

static inline void
recent_end(struct recent_call *call, struct sbi_ret ret)
{
    counter_set(&call->error, (uint64_t)ret.error);
    counter_set(&call->value, ret.value);
    counter_set(&call->returned, 1);
}

#endif

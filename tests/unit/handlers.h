/* A fake handler for each line of the hypercall table, made from the table: it records its
 * arguments. A new line of the table needs nothing here. */
#ifndef DUET_TESTS_HANDLERS_H
#define DUET_TESTS_HANDLERS_H

#include <stdint.h>

#include "vmm/call/hypercall.h"

/* What the handler that ran last was given. */
struct handler_record {
    unsigned runs; /* of any handler since this was zeroed */
    uint64_t nr;
    struct vcpu *vcpu;
    unsigned arg_count;
    struct hypercall_arg arg[6]; /* in a buffer's, `value` is 0: a handler sees no guest address */
};
extern struct handler_record handler_record;

/* What every handler returns. */
extern struct sbi_ret handler_ret;

#endif

/*
 * The VMM's side of the hypercalls. All of it follows from the table in abi/hypercalls.h: a handler
 *
 *     struct sbi_ret hc_console_write(struct vcpu *vcpu, const void *text, uint64_t text_len);
 *
 * is declared for each line, and gets arguments that were checked as their kinds promise: a buffer
 * is a pointer into guest RAM, good for its length; an empty one points somewhere harmless. What
 * the buffer holds can change at any time, under the guest's other harts: copy before you check.
 * Handlers run on the calling vCPU's thread, several at once when there are several vCPUs.
 */
#ifndef DUET_VMM_HYPERCALL_H
#define DUET_VMM_HYPERCALL_H

#include <stdint.h>
#include <stdio.h>

#include "abi/hypercalls.h"
#include "vmm/call/sbi.h"

struct guest_mem;
struct vcpu;

#define HC_PARAM_(travels, kind, name, limit) HC_PARAM_##travels(name)
#define HC_PARAM_NOTHING(name)
#define HC_PARAM_WORD(name) , uint64_t name
#define HC_PARAM_READ(name) , const void *name, uint64_t name##_len
#define HC_PARAM_FILL(name) , void *name, uint64_t name##_len
#define HC_PROTOTYPE_(nr, name, what, ...)                                                         \
    struct sbi_ret hc_##name(struct vcpu *vcpu DUET_ARGS_EACH(HC_PARAM_, __VA_ARGS__));
DUET_HYPERCALLS(HC_PROTOTYPE_)

#define HC_KIND_(kind) KIND_##kind,
enum hypercall_kind { DUET_KINDS(HC_KIND_) };

/* An argument as the table has it. */
struct hypercall_param {
    enum hypercall_kind kind;
    const char *name;
    uint64_t limit; /* FLAGS: the known bits; HANDLE: the count */
};

/* An argument of one call, checked. */
struct hypercall_arg {
    uint64_t value; /* VALUE, FLAGS, HANDLE; of a buffer its guest physical address */
    void *data;     /* IN, OUT */
    uint64_t len;   /* IN, OUT: bytes */
};

struct hypercall {
    const char *name; /* NULL: no such call */
    const char *summary;
    unsigned param_count;
    struct hypercall_param param[6];
    struct sbi_ret (*invoke)(struct vcpu *vcpu, struct hypercall_arg *arg);
};

/* The name of the kind in the table, such as "VALUE". */
const char *hypercall_kind_name(enum hypercall_kind kind);

/* The row of call `nr`, or NULL if the table has none. */
const struct hypercall *hypercall_find(uint64_t nr);

/* Fills `arg` from the registers and checks it against the parameters' kinds. The `data` of a
 * buffer that is refused is NULL. Returns 0, or the SBI error of the first argument that is
 * refused. */
int64_t hypercall_args_check(const struct hypercall *call, const struct guest_mem *mem,
                             const uint64_t reg[6], struct hypercall_arg arg[6]);

/* Serves call `nr` with registers a0..a5 as the guest left them: checks, runs the handler, counts,
 * traces. */
struct sbi_ret hypercall_serve(struct vcpu *vcpu, uint64_t nr, const uint64_t reg[6]);

/* The whole table as Markdown: the reference for people. */
void hypercall_table_print(FILE *to);

#endif

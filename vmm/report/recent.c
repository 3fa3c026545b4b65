/* The guest's last hypercalls, decoded. */
#include "vmm/report/recent.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "vmm/call/call_trace.h"
#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"

/* Copies call `n` of a vCPU. False if a newer call has overwritten it meanwhile. */
static bool
call_copy(const struct vcpu *vcpu, uint64_t n, struct recent_call *to)
{
    const struct recent_call *from = &vcpu->recent.call[n % RECENT_CALLS];

    to->returned = counter_read(&from->returned);
    to->at = counter_read(&from->at);
    to->nr = counter_read(&from->nr);
    for (unsigned i = 0; i < 6; i++)
        to->reg[i] = counter_read(&from->reg[i]);
    to->error = counter_read(&from->error);
    to->value = counter_read(&from->value);
    memcpy(to->buffer, from->buffer, sizeof(to->buffer));
    atomic_thread_fence(memory_order_seq_cst);
    /* A call is counted before any word of it is written. */
    return counter_read(&vcpu->stats.exits[EXIT_HYPERCALL]) - n <= RECENT_CALLS;
}

/* Orders calls by time; within a tick by vCPU and number. */
static bool
is_before(const struct recent_made *a, const struct recent_made *b)
{
    if (a->call.at != b->call.at)
        return a->call.at < b->call.at;
    return a->vcpu != b->vcpu ? a->vcpu < b->vcpu : a->n < b->n;
}

/* Inserts a call by its time. If there are too many, the oldest is dropped. */
static void
made_add(struct recent_shown *shown, const struct recent_made *made)
{
    unsigned place = shown->count;

    while (place > 0 && is_before(made, &shown->made[place - 1]))
        place--;
    if (shown->count < RECENT_CALLS) {
        memmove(&shown->made[place + 1], &shown->made[place],
                (shown->count++ - place) * sizeof(*made));
        shown->made[place] = *made;
    } else if (place > 0) {
        memmove(&shown->made[0], &shown->made[1], (place - 1) * sizeof(*made));
        shown->made[place - 1] = *made;
    }
}

void
recent_take(struct recent_shown *shown, const struct vm *vm)
{
    shown->vm = vm;
    shown->at = clock_ticks();
    shown->count = 0;
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        uint64_t end = counter_read(&vm->vcpu[i].stats.exits[EXIT_HYPERCALL]);
        struct recent_made made = {.vcpu = i, .n = end < RECENT_CALLS ? 0 : end - RECENT_CALLS};

        for (; made.n < end; made.n++)
            if (call_copy(&vm->vcpu[i], made.n, &made.call))
                made_add(shown, &made);
    }
}

/* The buffers of the arguments as they were at the call, not as they are now. */
static void
buffers_restore(struct hypercall_arg arg[6], const struct hypercall *call,
                struct recent_call *recent)
{
    unsigned n = 0;

    for (unsigned i = 0; i < call->param_count; i++)
        if (call->param[i].kind == KIND_IN || call->param[i].kind == KIND_OUT) {
            if (arg[i].data)
                arg[i].data = recent->buffer[n];
            n++;
        }
}

static void
made_print(const struct recent_shown *shown, struct recent_made *made, uint64_t ticks_hz, FILE *to)
{
    const struct hypercall *call = hypercall_find(made->call.nr);
    const struct sbi_ret ret = {(int64_t)made->call.error, made->call.value};
    /* Other harts went on while this was collected. */
    uint64_t ago = shown->at > made->call.at ? shown->at - made->call.at : 0;
    struct hypercall_arg arg[6];
    struct trace_record record;

    if (call) {
        hypercall_args_check(call, &shown->vm->mem, made->call.reg, arg);
        buffers_restore(arg, call, &made->call);
    }
    trace_call_line(&record, call, made->call.nr, made->call.reg, arg,
                    made->call.returned ? &ret : NULL);
    fprintf(to, "  ");
    if (ticks_hz)
        fprintf(to, "-%" PRIu64 ".%06" PRIu64 " ", ago / ticks_hz,
                ago % ticks_hz * 1000000 / ticks_hz);
    fprintf(to, "%u ", shown->vm->vcpu[made->vcpu].id);
    fwrite(record.text, 1, record.len, to);
}

void
recent_print(struct recent_shown *shown, uint64_t ticks_hz, FILE *to)
{
    fprintf(to, "last hypercalls%s hart, call:\n", ticks_hz ? ": seconds before the end," : ":");
    for (unsigned i = 0; i < shown->count; i++)
        made_print(shown, &shown->made[i], ticks_hz, to);
    if (shown->count == 0)
        fprintf(to, "  none\n");
}

/* From the table to the handlers: look up the call, check its arguments by their kinds, call the
 * handler, count. */
#include "vmm/call/hypercall.h"

#include <stdatomic.h>

#include "vmm/call/call_trace.h"
#include "vmm/log.h"
#include "vmm/machine/vcpu.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/clock.h"

/* The index of each argument. The enumerator for NONE only keeps the list from being empty. */
#define PLACE_(travels, kind, name, limit) place_##name,

/* How a checked argument is passed to the handler. */
#define PASS_(travels, kind, name, limit) PASS_##travels(name)
#define PASS_NOTHING(name)
#define PASS_WORD(name) , arg[place_##name].value
#define PASS_READ(name) , arg[place_##name].data, arg[place_##name].len
#define PASS_FILL(name) , arg[place_##name].data, arg[place_##name].len

/* How many registers each argument takes. */
#define WIDTH_(travels, kind, name, limit) +WIDTH_##travels
#define WIDTH_NOTHING                      0
#define WIDTH_WORD                         1
#define WIDTH_READ                         2
#define WIDTH_FILL                         2

#define INVOKE_(nr, name, what, ...)                                                               \
    _Static_assert((0 DUET_ARGS_EACH(WIDTH_, __VA_ARGS__)) <= 6,                                   \
                   "hypercall " #name " has more arguments than a0..a5 hold");                     \
    static struct sbi_ret invoke_##name(struct vcpu *vcpu, struct hypercall_arg *arg)              \
    {                                                                                              \
        enum { DUET_ARGS_EACH(PLACE_, __VA_ARGS__) };                                              \
        (void)arg;                                                                                 \
        return hc_##name(vcpu DUET_ARGS_EACH(PASS_, __VA_ARGS__));                                 \
    }
DUET_HYPERCALLS(INVOKE_)

/* Each argument as a struct hypercall_param; NONE adds nothing to the list. */
#define PARAM_(travels, kind, name, limit) PARAM_##travels(kind, name, limit)
#define PARAM_NOTHING(kind, name, limit)
#define PARAM_WORD(kind, name, limit)      {KIND_##kind, #name, (limit)},
#define PARAM_READ                         PARAM_WORD
#define PARAM_FILL                         PARAM_WORD
#define COUNT_(travels, kind, name, limit) +(WIDTH_##travels > 0)

#define ENTRY_(nr, name_, summary_, ...)                                                           \
    [nr] = {                                                                                       \
        .name = #name_,                                                                            \
        .summary = summary_,                                                                       \
        .param_count = 0 DUET_ARGS_EACH(COUNT_, __VA_ARGS__),                                      \
        .param = {DUET_ARGS_EACH(PARAM_, __VA_ARGS__){KIND_VALUE, NULL, 0}},                       \
        .invoke = invoke_##name_,                                                                  \
    },
static const struct hypercall table[DUET_CALLS] = {DUET_HYPERCALLS(ENTRY_)};

const struct hypercall *
hypercall_find(uint64_t nr)
{
    return nr < DUET_CALLS && table[nr].name ? &table[nr] : NULL;
}

const char *
hypercall_kind_name(enum hypercall_kind kind)
{
#define KIND_NAME_(kind) #kind,
    static const char *const name[] = {DUET_KINDS(KIND_NAME_)};

    return name[kind];
}

int64_t
hypercall_args_check(const struct hypercall *call, const struct guest_mem *mem,
                     const uint64_t reg[6], struct hypercall_arg arg[6])
{
    static char empty[1];
    int64_t error = 0;

    for (unsigned i = 0; i < call->param_count; i++) {
        const struct hypercall_param *param = &call->param[i];
        int64_t arg_error = 0;

        arg[i] = (struct hypercall_arg){.value = *reg++};
        switch (param->kind) {
        case KIND_VALUE:
            break;
        case KIND_FLAGS:
            arg_error = arg[i].value & ~param->limit ? SBI_ERR_INVALID_PARAM : 0;
            break;
        case KIND_HANDLE:
            arg_error = arg[i].value >= param->limit ? SBI_ERR_INVALID_PARAM : 0;
            break;
        case KIND_IN:
        case KIND_OUT:
            arg[i].len = *reg++;
            arg[i].data = arg[i].len ? guest_mem_slice(mem, arg[i].value, arg[i].len) : empty;
            arg_error = arg[i].data ? 0 : SBI_ERR_INVALID_ADDRESS;
            break;
        }
        if (!error)
            error = arg_error;
    }
    return error;
}

/* The handler claims to have filled more than its buffer holds. That is a bug of the handler, and a
 * guest that believed it would read beyond its buffer. It is reported once a call, because the
 * guest can repeat the call without end. */
__attribute__((cold, noinline)) static void
overfilled(const struct hypercall *call, uint64_t len, struct sbi_ret *ret)
{
    static atomic_flag reported[DUET_CALLS];

    if (!atomic_flag_test_and_set(&reported[call - table]))
        fail(
            "hypercall %s: its handler hc_%s() says that it filled %llu bytes of a buffer of %llu: "
            "its value has to be the number of bytes filled; the guest gets an error instead",
            call->name, call->name, (unsigned long long)ret->value, (unsigned long long)len);
    *ret = sbi_error(SBI_ERR_FAILED);
}

/* Records the beginning of each buffer of `kind`; at most `filled` bytes of it are valid. */
static void
buffers_note(const struct hypercall *call, const struct hypercall_arg arg[6],
             enum hypercall_kind kind, uint64_t filled, struct recent_call *recent)
{
    unsigned n = 0;

    for (unsigned i = 0; i < call->param_count; i++) {
        enum hypercall_kind this = call->param[i].kind;

        if (this == kind && arg[i].data)
            recent_buffer(recent, n, arg[i].data, arg[i].len < filled ? arg[i].len : filled);
        n += this == KIND_IN || this == KIND_OUT;
    }
}

/* Records what a successful call has read and filled. The call becomes an error if its result
 * cannot be true. */
static uint64_t
bytes_moved(const struct hypercall *call, const struct hypercall_arg arg[6], struct sbi_ret *ret)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < call->param_count; i++) {
        if (call->param[i].kind == KIND_IN) {
            bytes += arg[i].len;
        } else if (call->param[i].kind == KIND_OUT) {
            if (ret->value > arg[i].len) {
                overfilled(call, arg[i].len, ret);
                return 0;
            }
            bytes += ret->value;
        }
    }
    return bytes;
}

/* What a handler has filled, also one that failed then, is to be known to who sends RAM away. */
static void
buffers_mark(const struct hypercall *call, const struct hypercall_arg arg[6],
             const struct guest_mem *mem)
{
    for (unsigned i = 0; i < call->param_count; i++)
        if (call->param[i].kind == KIND_OUT && arg[i].len)
            guest_mem_written(mem, arg[i].data, arg[i].len);
}

/* Serves a call whose arguments must be checked, or which is observed. It is not inlined: a call
 * without arguments then saves no registers and no stack for it. */
__attribute__((noinline)) static struct sbi_ret
call_serve(struct vcpu *vcpu, const struct hypercall *call, struct recent_call *recent,
           const uint64_t reg[6])
{
    uint64_t nr = recent->nr;
    struct hypercall_arg arg[6];
    struct sbi_ret ret = {.error = hypercall_args_check(call, &vcpu->vm->mem, reg, arg)};

    recent_args(recent, reg);
    buffers_note(call, arg, KIND_IN, UINT64_MAX, recent);
    if (ret.error == 0) {
        ret = call->invoke(vcpu, arg);
        if (vcpu->vm->mem.written)
            buffers_mark(call, arg, &vcpu->vm->mem);
    }
    if (ret.error == 0)
        counter_add(&vcpu->stats.call[nr].bytes, bytes_moved(call, arg, &ret));
    if (ret.error == 0)
        buffers_note(call, arg, KIND_OUT, ret.value, recent);
    if (vcpu->stats.duration)
        histogram_add(&vcpu->stats.duration[nr], clock_ns() - vcpu->exit_ns);
    if (vcpu->vm->trace)
        trace_hypercall(vcpu, call, reg, arg, ret);
    return ret;
}

struct sbi_ret
hypercall_serve(struct vcpu *vcpu, uint64_t nr, const uint64_t reg[6])
{
    uint64_t *made = &vcpu->stats.exits[EXIT_HYPERCALL];
    const struct hypercall *call = hypercall_find(nr);
    struct recent_call *recent;
    struct duet_call_stats *stats;
    struct sbi_ret ret;

    counter_add(made, 1);
    recent = recent_begin(&vcpu->recent, *made - 1, nr);
    if (!call) {
        ret = sbi_error(SBI_ERR_NOT_SUPPORTED);
        counter_add(&vcpu->stats.calls_unknown, 1);
        recent_end(recent, ret);
        if (vcpu->vm->trace)
            trace_unknown(vcpu, nr);
        return ret;
    }
    stats = &vcpu->stats.call[nr];
    if (call->param_count == 0 && !vcpu->vm->trace && !vcpu->stats.duration)
        ret = call->invoke(vcpu, NULL);
    else
        ret = call_serve(vcpu, call, recent, reg);
    recent_end(recent, ret);
    counter_add(&stats->count, 1);
    if (ret.error)
        counter_add(&stats->errors, 1);
    return ret;
}

void
hypercall_table_print(FILE *to)
{
    fprintf(to, "Duet ABI version %d, SBI extension 0x%08x\n\n", DUET_ABI_VERSION, DUET_SBI_EXT);
    fprintf(to, "| a6 | call | what it does |\n|---:|---|---|\n");
    for (unsigned nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        if (!call)
            continue;
        fprintf(to, "| %u | `%s(", nr, call->name);
        for (unsigned i = 0; i < call->param_count; i++)
            fprintf(to, "%s%s %s", i ? ", " : "", hypercall_kind_name(call->param[i].kind),
                    call->param[i].name);
        fprintf(to, ")` | %s |\n", call->summary);
    }
}

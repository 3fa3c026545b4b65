/* From the table to the handlers: look up, check the arguments by their kinds, call, count. */
#include "hv/hypercall.h"

#include <stddef.h>

#include "hv/guest_mem.h"

enum kind {
#define KIND_(kind) KIND_##kind,
    DUET_KINDS(KIND_)
};

struct argument {
    uint64_t value; /* of a buffer, its address */
    uint64_t len;
};

/* How a checked argument is handed to the handler; its place among the others is an enumerator. */
#define PLACE_(travels, kind, name, limit) place_##name,
#define PASS_(travels, kind, name, limit)  PASS_##travels(name)
#define PASS_NOTHING(name)
#define PASS_WORD(name) , arg[place_##name].value
#define PASS_READ(name) , arg[place_##name].value, arg[place_##name].len
#define PASS_FILL(name) , arg[place_##name].value, arg[place_##name].len

#define INVOKE_(number, name, what, ...)                                                           \
    static struct sbi_ret invoke_##name(struct vcpu *vcpu, const struct argument *arg)             \
    {                                                                                              \
        enum { DUET_ARGS_EACH(PLACE_, __VA_ARGS__) };                                              \
        (void)arg;                                                                                 \
        return hc_##name(vcpu DUET_ARGS_EACH(PASS_, __VA_ARGS__));                                 \
    }
DUET_HYPERCALLS(INVOKE_)

/* A line of the table as data. */
#define CHECK_(travels, kind, name, limit) CHECK_##travels(kind, limit)
#define CHECK_NOTHING(kind, limit)
#define CHECK_WORD(kind, limit)            {KIND_##kind, (limit)},
#define CHECK_READ                         CHECK_WORD
#define CHECK_FILL                         CHECK_WORD
#define COUNT_(travels, kind, name, limit) COUNT_##travels
#define COUNT_NOTHING                      +0
#define COUNT_WORD                         +1
#define COUNT_READ                         +1
#define COUNT_FILL                         +1
#define CALL_(number, name, what, ...)                                                             \
    [number] = {                                                                                   \
        .handler = (void (*)(void))hc_##name,                                                      \
        .invoke = invoke_##name,                                                                   \
        .count = 0 DUET_ARGS_EACH(COUNT_, __VA_ARGS__),                                            \
        .check = {DUET_ARGS_EACH(CHECK_, __VA_ARGS__){KIND_VALUE, 0}},                             \
    },
static const struct call {
    void (*handler)(void); /* NULL: there is none */
    struct sbi_ret (*invoke)(struct vcpu *vcpu, const struct argument *arg);
    unsigned count; /* of arguments */
    struct {
        enum kind kind;
        uint64_t limit;
    } check[7];
} table[DUET_CALLS] = {DUET_HYPERCALLS(CALL_)};

static struct duet_call_stats stats[DUET_CALLS];

/* What the kinds promise (abi/hypercalls.h); returns the error of the first argument that breaks
 * it. */
static int64_t
arguments_check(const struct call *call, const uint64_t *reg, struct argument arg[6])
{
    int64_t error = 0, wrong = 0;

    for (unsigned i = 0; i < call->count; i++, wrong = 0) {
        uint64_t limit = call->check[i].limit;

        arg[i] = (struct argument){.value = *reg++};
        switch (call->check[i].kind) {
        case KIND_VALUE:
            break;
        case KIND_FLAGS:
            wrong = arg[i].value & ~limit ? SBI_ERR_INVALID_PARAM : 0;
            break;
        case KIND_HANDLE:
            wrong = arg[i].value >= limit ? SBI_ERR_INVALID_PARAM : 0;
            break;
        case KIND_IN:
        case KIND_OUT:
            arg[i].len = *reg++;
            wrong = guest_mem_has(arg[i].value, arg[i].len) ? 0 : SBI_ERR_INVALID_ADDRESS;
            break;
        }
        if (!error)
            error = wrong;
    }
    return error;
}

struct sbi_ret
hypercall_serve(struct vcpu *vcpu, uint64_t number, const uint64_t reg[6])
{
    struct argument arg[6] = {{0}};
    struct sbi_ret ret;

    if (number >= DUET_CALLS || !table[number].handler)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    ret = sbi_error(arguments_check(&table[number], reg, arg));
    if (!ret.error)
        ret = table[number].invoke(vcpu, arg);
    stats[number].count++;
    stats[number].errors += ret.error != 0;
    for (unsigned i = 0; !ret.error && i < table[number].count; i++) {
        if (table[number].check[i].kind == KIND_IN)
            stats[number].bytes += arg[i].len;
        if (table[number].check[i].kind == KIND_OUT)
            stats[number].bytes += ret.value;
    }
    return ret;
}

struct sbi_ret
hc_call_stats(struct vcpu *vcpu, uint64_t call, uint64_t to, uint64_t to_len)
{
    uint64_t len = to_len < sizeof(stats[0]) ? to_len : sizeof(stats[0]);

    (void)vcpu;
    if (call >= DUET_CALLS)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    guest_mem_write(to, &stats[call], len);
    return sbi_value(len);
}

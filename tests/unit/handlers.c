/* A fake handler for each line of the hypercall table. */
#include "tests/unit/handlers.h"

struct handler_record handler_record;
struct sbi_ret handler_ret;

static void
record_call(struct vcpu *vcpu, uint64_t nr)
{
    handler_record.runs++;
    handler_record.nr = nr;
    handler_record.vcpu = vcpu;
    handler_record.arg_count = 0;
}

static void
record_arg(uint64_t value, const void *data, uint64_t len)
{
    handler_record.arg[handler_record.arg_count++] =
        (struct hypercall_arg){.value = value, .data = (void *)(uintptr_t)data, .len = len};
}

#define RECORD_(travels, kind, name, limit) RECORD_##travels(name)
#define RECORD_NOTHING(name)
#define RECORD_WORD(name) record_arg(name, NULL, 0);
#define RECORD_READ(name) record_arg(0, name, name##_len);
#define RECORD_FILL(name) record_arg(0, name, name##_len);

#define HANDLER_(nr, name, what, ...)                                                              \
    struct sbi_ret hc_##name(struct vcpu *vcpu DUET_ARGS_EACH(HC_PARAM_, __VA_ARGS__))             \
    {                                                                                              \
        record_call(vcpu, nr);                                                                     \
        DUET_ARGS_EACH(RECORD_, __VA_ARGS__)                                                       \
        return handler_ret;                                                                        \
    }
DUET_HYPERCALLS(HANDLER_)

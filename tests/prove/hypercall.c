/*
 * The table of hypercalls, from abi/hypercalls.h: for every call, and any registers. RAM is
 * where every machine has it, and small: a buffer in it is only looked at by the numbers. The
 * handlers are those of the unit tests, which note what they are given; what they return is an
 * input.
 */
#include "tests/prove/ram_noted.h"
#include "tests/prove/vm_head.h"

#include "abi/memory.h"
#include "tests/unit/handlers.h"
#include "vmm/call/call_trace.h"

/* with: vmm/call/hypercall.c vmm/trace/histogram.c tests/unit/handlers.c tests/prove/log.c */

#define RAM_BYTES 64

static unsigned char ram[RAM_BYTES];
static const struct guest_mem mem = {.base = DUET_RAM_BASE, .size = RAM_BYTES, .hva = ram};
static struct vcpu one_vcpu, *const vcpu = &one_vcpu;

static void
vm_begin(void)
{
    vcpu->vm = vm_with_ram(mem);
    vm_head.mem.written = any_notes();
    noted.byte = ram + prove_below("a byte of RAM", RAM_BYTES);
    vcpu->stats.exits[EXIT_HYPERCALL] = 0; /* so CBMC knows the place in `recent` */
    handler_record.runs = 0;
}

#ifdef PROVE_CBMC
/* What is noted of a buffer is of no interest here; that it is there, and has room, is. */
void *
memcpy(void *to, const void *from, size_t len)
{
    __CPROVER_assert(__CPROVER_r_ok(from, len) && __CPROVER_w_ok(to, len), "bytes that there are");
    return to;
}
#endif

/* The guest is not observed. */
void
trace_hypercall(struct vcpu *who, const struct hypercall *call, const uint64_t reg[6],
                const struct hypercall_arg arg[6], struct sbi_ret ret)
{
    (void)who, (void)call, (void)reg, (void)arg, (void)ret;
    prove_check(false, "no trace is written");
}

void
trace_unknown(struct vcpu *who, uint64_t nr)
{
    (void)who, (void)nr;
    prove_check(false, "no trace is written");
}

/* Whether so many bytes at `data` are in RAM; none are anywhere. */
static bool
is_in_ram(const void *data, uint64_t len)
{
    uint64_t offset = (uintptr_t)data - (uintptr_t)ram;

    return len == 0 || (offset <= RAM_BYTES && len <= RAM_BYTES - offset);
}

/* The SBI error that the table's first lines promise for an argument; 0: it is good. */
static int64_t
expected(const struct hypercall_param *param, uint64_t first, uint64_t second)
{
    switch (param->kind) {
    case KIND_FLAGS:
        return first & ~param->limit ? SBI_ERR_INVALID_PARAM : 0;
    case KIND_HANDLE:
        return first < param->limit ? 0 : SBI_ERR_INVALID_PARAM;
    case KIND_IN:
    case KIND_OUT:
        if (second == 0 || (first >= mem.base && first <= mem.base + RAM_BYTES &&
                            second <= mem.base + RAM_BYTES - first))
            return 0;
        return SBI_ERR_INVALID_ADDRESS;
    default:
        return 0;
    }
}

/* Runs `check` with the call that is an input. CBMC then knows the row of the table that it is in.
 */
static void
any_of_table(void (*check)(uint64_t nr))
{
    uint64_t nr = prove_below("call", DUET_CALLS);

    for (uint64_t n = 0; n < DUET_CALLS; n++)
        if (n == nr)
            check(n);
}

static void
check_args(uint64_t nr)
{
    uint64_t reg[6];
    struct hypercall_arg arg[6];
    const struct hypercall *call = hypercall_find(nr);
    int64_t error, first = 0;
    unsigned used = 0;

    prove_fill("a0 to a5", reg, sizeof(reg));
    prove_check(call != NULL, "the table has no gaps");
    error = hypercall_args_check(call, &mem, reg, arg);
    for (unsigned i = 0; i < call->param_count; i++) {
        const struct hypercall_param *param = &call->param[i];
        bool is_buffer = param->kind == KIND_IN || param->kind == KIND_OUT;
        int64_t wrong = expected(param, reg[used], is_buffer ? reg[used + 1] : 0);

        if (!first)
            first = wrong;
        prove_check(arg[i].value == reg[used], "an argument is its register");
        if (is_buffer) {
            prove_check(arg[i].len == reg[used + 1], "a length is its register");
            prove_check(!arg[i].data == (wrong != 0), "a buffer that is refused has no pointer");
            prove_check(wrong || is_in_ram(arg[i].data, arg[i].len), "a buffer is in RAM");
        }
        used += is_buffer ? 2 : 1;
        prove_check(used <= 6, "no more than six registers");
    }
    prove_check(error == first, "the error is that of the first argument that is refused");
}

PROVE(hypercall_args_check, 65, LONG)
{
    any_of_table(check_args);
}

/* A call as the guest makes it; what the handler was given is in handler_record. */
static struct sbi_ret
any_call(uint64_t nr, uint64_t reg[6])
{
    vm_begin();
    prove_fill("a0 to a5", reg, 6 * sizeof(reg[0]));
    handler_ret.error = (int64_t)prove_u64("the handler's error");
    handler_ret.value = prove_u64("the handler's value");
    return hypercall_serve(vcpu, nr, reg);
}

static void
check_served(uint64_t nr)
{
    uint64_t reg[6];
    const struct hypercall *call = hypercall_find(nr);
    struct sbi_ret ret = any_call(nr, reg);
    unsigned used = 0;
    bool overfilled = false, is_written = false;

    if (handler_record.runs == 0) {
        prove_check(ret.error == SBI_ERR_INVALID_PARAM || ret.error == SBI_ERR_INVALID_ADDRESS,
                    "what is refused says so");
        prove_check(!noted.is, "and nothing was written");
        return;
    }
    prove_check(handler_record.runs == 1 && handler_record.nr == nr && handler_record.vcpu == vcpu,
                "the handler of this call is entered, once");
    prove_check(handler_record.arg_count == call->param_count, "with all its arguments");
    for (unsigned i = 0; i < call->param_count; i++) {
        const struct hypercall_param *param = &call->param[i];
        const struct hypercall_arg *arg = &handler_record.arg[i];
        bool is_buffer = param->kind == KIND_IN || param->kind == KIND_OUT;

        prove_check(expected(param, reg[used], is_buffer ? reg[used + 1] : 0) == 0,
                    "each keeps its kind's promise");
        if (is_buffer)
            prove_check(arg->len == reg[used + 1] && is_in_ram(arg->data, arg->len),
                        "a buffer is in RAM");
        else
            prove_check(arg->value == reg[used], "a value is its register");
        if (param->kind == KIND_OUT && handler_ret.value > arg->len)
            overfilled = true;
        if (param->kind == KIND_OUT && (uintptr_t)noted.byte - (uintptr_t)arg->data < arg->len)
            is_written = true;
        used += is_buffer ? 2 : 1;
    }
    prove_check(noted.is == (is_written && vm_head.mem.written),
                "what a handler may have written to is noted, and nothing else");
    if (handler_ret.error == 0 && overfilled)
        prove_check(ret.error == SBI_ERR_FAILED, "the guest never hears of more than its buffer");
    else
        prove_check(ret.error == handler_ret.error && ret.value == handler_ret.value,
                    "the guest gets what the handler returns");
}

PROVE(hypercall_serve, 65, FULL)
{
    any_of_table(check_served);
}

PROVE(hypercall_unknown, 33, QUICK)
{
    uint64_t nr = prove_u64("call"), reg[6] = {0};
    const struct hypercall *call = hypercall_find(nr);

    prove_check((call != NULL) == (nr < DUET_CALLS), "the table has this call, or not");
    vm_begin();
    prove_check(hypercall_serve(vcpu, DUET_CALLS, reg).error == SBI_ERR_NOT_SUPPORTED,
                "what it has not is not supported");
    prove_check(vcpu->stats.calls_unknown == 1 && handler_record.runs == 0, "and counted");
}

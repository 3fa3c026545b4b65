/* The trace: a line for each call. A line is put together here and written at once, so that the
 * lines of several vCPUs do not mix. */
#include "vmm/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "vmm/hypercall.h"
#include "vmm/vm.h"

/* As much of a buffer as a line shows. */
#define SHOWN_MAX 32

struct line {
    size_t len;
    char text[512]; /* three buffers shown in full fit: a0..a5 hold no more */
};

static void __attribute__((format(printf, 2, 3)))
line_add(struct line *line, const char *format, ...)
{
    size_t room = sizeof(line->text) - line->len;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line->text + line->len, room, format, args);
    va_end(args);
    line->len += len < (int)room ? (size_t)len : room - 1;
}

static struct line
line_begin(const struct vcpu *vcpu)
{
    struct line line = {0};
    struct timespec now;
    uint64_t us;

    clock_gettime(CLOCK_MONOTONIC, &now);
    us = ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - vcpu->vm->start_ns) / 1000;
    line_add(&line, "%lu.%06lu %u ", us / 1000000, us % 1000000, vcpu->id);
    return line;
}

static const char *
error_name(int64_t error)
{
    switch (error) {
    case SBI_ERR_FAILED:
        return "FAILED";
    case SBI_ERR_NOT_SUPPORTED:
        return "NOT_SUPPORTED";
    case SBI_ERR_INVALID_PARAM:
        return "INVALID_PARAM";
    case SBI_ERR_DENIED:
        return "DENIED";
    case SBI_ERR_INVALID_ADDRESS:
        return "INVALID_ADDRESS";
    case DUET_ERR_END_OF_FILE:
        return "END_OF_FILE";
    case DUET_ERR_NO_DEVICE:
        return "NO_DEVICE";
    default:
        return "error";
    }
}

static void
line_end(const struct vcpu *vcpu, struct line *line, struct sbi_ret ret)
{
    if (ret.error)
        line_add(line, " = %ld %s", ret.error, error_name(ret.error));
    else if (ret.value < 4096)
        line_add(line, " = %lu", ret.value);
    else
        line_add(line, " = 0x%lx", ret.value);
    fprintf(vcpu->vm->trace, "%s\n", line->text);
}

static void
bytes_add(struct line *line, const char *data, uint64_t len)
{
    line_add(line, "\"");
    for (uint64_t i = 0; i < len && i < SHOWN_MAX; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c == '\n')
            line_add(line, "\\n");
        else if (c == '"' || c == '\\')
            line_add(line, "\\%c", c);
        else if (c >= ' ' && c < 0x7f)
            line_add(line, "%c", c);
        else
            line_add(line, "\\x%02x", c);
    }
    line_add(line, len > SHOWN_MAX ? "\"..." : "\"");
}

void
trace_hypercall(const struct vcpu *vcpu, const struct hypercall *call, const uint64_t reg[6],
                const struct hypercall_arg arg[6], struct sbi_ret ret)
{
    struct line line;

    if (!vcpu->vm->trace)
        return;
    line = line_begin(vcpu);
    line_add(&line, "%s(", call->name);
    for (unsigned i = 0; i < call->param_count; i++) {
        enum hypercall_kind kind = call->param[i].kind;
        uint64_t value = *reg++;

        line_add(&line, "%s", i ? ", " : "");
        if (kind == KIND_IN || kind == KIND_OUT) {
            uint64_t len = *reg++;

            /* What a failed call left in its buffer says nothing, and a refused one has none. */
            if (!arg[i].data || (kind == KIND_OUT && ret.error))
                line_add(&line, "0x%lx", value);
            else
                bytes_add(&line, arg[i].data,
                          kind == KIND_OUT && ret.value < len ? ret.value : len);
            line_add(&line, ", %lu", len);
        } else if (kind == KIND_FLAGS || value >= 4096) {
            line_add(&line, "0x%lx", value);
        } else {
            line_add(&line, "%lu", value);
        }
    }
    line_add(&line, ")");
    line_end(vcpu, &line, ret);
}

void
trace_unknown(const struct vcpu *vcpu, uint64_t nr)
{
    struct line line;

    if (!vcpu->vm->trace)
        return;
    line = line_begin(vcpu);
    line_add(&line, "hypercall 0x%lx?", nr);
    line_end(vcpu, &line, sbi_error(SBI_ERR_NOT_SUPPORTED));
}

void
trace_sbi(const struct vcpu *vcpu, uint64_t extension, uint64_t function, const uint64_t reg[6],
          struct sbi_ret ret)
{
    struct line line;

    if (!vcpu->vm->trace)
        return;
    line = line_begin(vcpu);
    if (extension == SBI_BASE)
        line_add(&line, "sbi base.%lu(0x%lx)", function, reg[0]);
    else if (extension == SBI_DBCN)
        line_add(&line, "sbi dbcn.%lu(0x%lx, 0x%lx)", function, reg[0], reg[1]);
    else
        line_add(&line, "sbi 0x%lx.%lu(0x%lx, 0x%lx, 0x%lx)", extension, function, reg[0], reg[1],
                 reg[2]);
    line_end(vcpu, &line, ret);
}

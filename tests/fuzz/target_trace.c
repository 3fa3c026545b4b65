/* Decoding for the trace: the input is what a guest did, as its exits tell it. The trace must be
 * lines of plain text, one a record, or else valid JSON. */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fake_vm.h"
#include "tests/fuzz/json.h"
#include "vmm/call/call_trace.h"
#include "vmm/trace/trace_exit.h"

#define RECORDS_MAX 32
#define DATA_MAX    64

enum { HYPERCALL, UNKNOWN, SBI, MMIO, SYSTEM_EVENT, EXIT, SPAN, ASYNC, KINDS };

static uint8_t buffer[DATA_MAX];

/* A call with arguments as hypercall_args_check() leaves them, valid or refused. */
static void
hypercall_trace(struct vcpu *vcpu, struct input *input)
{
    const struct hypercall *call = hypercall_find(take(input, 1) % DUET_CALLS);
    unsigned refused = (unsigned)take(input, 1);
    struct hypercall_arg arg[6] = {0};
    struct sbi_ret ret = {.error = (int32_t)take(input, 4), .value = take_value(input, 0, 4096)};
    uint64_t reg[6];
    unsigned r = 0;

    if (!call)
        return;
    for (unsigned i = 0; i < 6; i++)
        reg[i] = take_value(input, 0, 4096);
    take_bytes(input, buffer, take(input, 1) % (DATA_MAX + 1));
    for (unsigned i = 0; i < call->param_count; i++) {
        arg[i].value = reg[r++];
        if (call->param[i].kind != KIND_IN && call->param[i].kind != KIND_OUT)
            continue;
        arg[i].len = reg[r++];
        /* A buffer that ends where its memory ends, so that a sanitizer sees reads beyond it. */
        if (!(refused >> i & 1) && arg[i].len <= DATA_MAX)
            arg[i].data = buffer + DATA_MAX - arg[i].len;
    }
    trace_hypercall(vcpu, call, reg, arg, ret);
}

static void
record(struct input *input, unsigned disk_track)
{
    struct vcpu *vcpu = &fake_vm.vcpu[take(input, 1) % fake_vm.vcpu_count];
    struct sbi_ret ret;
    uint64_t reg[6], begin;

    vcpu->entry_ns = trace_begin(fake_vm.trace);
    vcpu->exit_ns = trace_begin(fake_vm.trace);
    switch (take(input, 1) % KINDS) {
    case HYPERCALL:
        hypercall_trace(vcpu, input);
        break;
    case UNKNOWN:
        trace_unknown(vcpu, take_value(input, 0, DUET_CALLS));
        break;
    case SBI:
        for (unsigned i = 0; i < 6; i++)
            reg[i] = take_value(input, 0, 4096);
        ret = (struct sbi_ret){.error = (int32_t)take(input, 4), .value = take(input, 8)};
        begin = take_value(input, SBI_DBCN, SBI_BASE);
        trace_sbi(vcpu, sbi_extension_find(begin), begin, take_value(input, 0, 4), reg, ret);
        break;
    case MMIO:
        begin = take_value(input, 0, FAKE_BASE);
        trace_mmio(vcpu, begin, 1u << take(input, 1) % 4, take(input, 1) % 2, take(input, 8),
                   "access fault");
        break;
    case SYSTEM_EVENT:
        begin = take(input, 4);
        trace_system_event(vcpu, (unsigned)begin, begin % 2 ? "reset" : NULL, take(input, 8));
        break;
    case EXIT:
        trace_exit(vcpu, "kick", take(input, 1) % 2 ? "" : "Interrupted system call");
        break;
    case SPAN:
        begin = trace_begin(fake_vm.trace);
        trace_end(fake_vm.trace, disk_track, begin, "read",
                  TRACE_ARGS({"offset", take(input, 8)}, {"len", take(input, 4)}),
                  (int64_t)take_value(input, 0, 4096));
        break;
    case ASYNC:
        begin = trace_begin(fake_vm.trace);
        trace_end_async(fake_vm.trace, disk_track, begin, (unsigned)take(input, 4), "write",
                        TRACE_ARGS({"offset", take(input, 8)}), (int64_t)take_value(input, 0, 1));
        break;
    }
}

/* Checks the lines: each is plain ASCII and has a result, and each is one record. */
static void
text_check(const char *text, size_t len, unsigned records)
{
    unsigned lines = 0;

    for (size_t i = 0; i < len; i++) {
        fuzz_check(text[i] == '\n' || (text[i] >= ' ' && text[i] < 0x7f), "0x%02x in the trace",
                   (unsigned char)text[i]);
        lines += text[i] == '\n';
    }
    fuzz_check(len == 0 || text[len - 1] == '\n', "the last line does not end");
    fuzz_check(lines == records, "%u lines for %u records", lines, records);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    bool json = take(&input, 1) % 2;
    unsigned records = 0, disk_track;
    char path[64], guest[17] = "";
    struct stat st;
    char *text;
    int fd;

    snprintf(path, sizeof(path), "/tmp/duet-fuzz-%d%s", getpid(), json ? ".json" : "");
    take_bytes(&input, guest, 16);
    fake_vm_begin();
    fake_vm.trace = trace_open(path, guest);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    fuzz_check(fake_vm.trace && fd >= 0, "no trace");
    disk_track = trace_track(fake_vm.trace, "disk 0");
    for (; input.left > 0 && records < RECORDS_MAX; records++)
        record(&input, disk_track);
    fuzz_check(trace_close(fake_vm.trace) == 0, "the trace is not whole");

    fuzz_check(fstat(fd, &st) == 0, "no trace");
    text = malloc((size_t)st.st_size + 1);
    fuzz_check(text && read(fd, text, (size_t)st.st_size) == st.st_size, "no memory");
    close(fd);
    text[st.st_size] = '\0';
    if (json)
        fuzz_check(json_is_valid(text, (size_t)st.st_size), "not JSON: %s", text);
    else
        text_check(text, (size_t)st.st_size, records);
    free(text);
    return 0;
}

/* Each call of the table as a guest makes it, and each other kind of exit; as text and as JSON. */
void
fuzz_seeds(void)
{
    static const char name[16] = "guest.elf", text[] = "hello\n";

    for (unsigned json = 0; json < 2; json++) {
        struct output all = {0};

        give(&all, json, 1);
        give_bytes(&all, name, sizeof(name));
        for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
            give(&all, 0, 1);
            give(&all, HYPERCALL, 1);
            give(&all, nr, 1);
            give(&all, 0, 1);
            give(&all, 0, 4);
            give_value(&all, sizeof(text));
            for (unsigned r = 0; r < 6; r++)
                give_value(&all, sizeof(text));
            give(&all, sizeof(text), 1);
            give_bytes(&all, text, sizeof(text));
        }
        seed_write(json ? "calls-json" : "calls-text", all.data, all.len);
        for (unsigned kind = 0; kind < KINDS; kind++) {
            struct output one = {0};
            char file[16] = "exit-a-text";

            file[5] = (char)('a' + kind);
            memcpy(file + 7, json ? "json" : "text", 4);
            give(&one, json, 1);
            give_bytes(&one, name, sizeof(name));
            give(&one, 0, 1);
            give(&one, kind, 1);
            give_value(&one, 1);
            give_value(&one, FAKE_BASE);
            seed_write(file, one.data, one.len);
        }
    }
}

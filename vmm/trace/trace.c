/* The trace's file and its two formats. What a vCPU's exits look like in it is in trace_exit.c. */
#include "vmm/trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "abi/sbi.h"
#include "vmm/log.h"
#include "vmm/options.h"
#include "vmm/trace/clock.h"

/* As much of a buffer as a record shows. */
#define SHOWN_MAX 32

#define THREADS_MAX 16 /* tracks besides the vCPUs' */

struct trace {
    const char *path;
    int fd;
    bool json;
    int pid; /* as in the records; ours when the trace was opened */
    uint64_t start_ns;
    atomic_bool abandoned;

    pthread_mutex_t lock; /* guards what follows, and that a record is written whole */
    int error;            /* of the first write that failed; nothing is written after it */
    unsigned threads;     /* names of tracks CPUS_MAX and up */
    char name[THREADS_MAX][16];
};

/* What records belong to that are lines by themselves. */
static struct trace no_trace;

static void __attribute__((format(printf, 2, 3)))
add(struct trace_record *record, const char *format, ...)
{
    size_t room = sizeof(record->text) - record->len;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(record->text + record->len, room, format, args);
    va_end(args);
    if (len < (int)room) {
        record->len += (size_t)len;
    } else {
        record->overflow = true;
        record->len = sizeof(record->text) - 1;
    }
}

void
trace_record_write(struct trace_record *record)
{
    struct trace *trace = record->trace;
    size_t done = 0;

    pthread_mutex_lock(&trace->lock);
    while (!trace->error && !record->overflow && done < record->len) {
        ssize_t put = write(trace->fd, record->text + done, record->len - done);

        if (put >= 0)
            done += (size_t)put;
        else if (errno != EINTR || atomic_load(&trace->abandoned))
            trace->error = errno;
    }
    pthread_mutex_unlock(&trace->lock);
}

/* A record without a time: what a track or the process is called. */
static void
metadata_write(struct trace *trace, const char *what, unsigned track, const char *name)
{
    struct trace_record record;

    if (!trace->json)
        return;
    trace_record_init(&record, trace);
    add(&record, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%u,\"args\":{\"name\":", what,
        trace->pid, track + 1);
    record.args = 0;
    trace_record_bytes(&record, NULL, name, strlen(name));
    add(&record, "}},\n");
    trace_record_write(&record);
}

struct trace *
trace_open(const char *where, const char *guest)
{
    struct trace *trace = calloc(1, sizeof(*trace));
    size_t len = strlen(where);
    const char *file_name = strrchr(guest, '/');

    if (!trace) {
        fail_errno("trace");
        return NULL;
    }
    trace->path = where;
    trace->pid = getpid();
    trace->start_ns = clock_ns();
    trace->json = len > 5 && strcmp(where + len - 5, ".json") == 0;
    pthread_mutex_init(&trace->lock, NULL);
    trace->fd = strcmp(where, "-") == 0
                    ? STDERR_FILENO
                    : open(where, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (trace->fd < 0) {
        fail_errno("%s", where);
        free(trace);
        return NULL;
    }
    if (trace->json) {
        struct trace_record record;

        trace_record_init(&record, trace);
        add(&record, "[\n");
        trace_record_write(&record);
        metadata_write(trace, "process_name", 0, file_name ? file_name + 1 : guest);
    }
    return trace;
}

int
trace_close(struct trace *trace)
{
    int error;

    if (trace->json) {
        struct trace_record record;
        uint64_t at = clock_ns() - trace->start_ns;

        /* The last of an array has no comma behind it. */
        trace_record_init(&record, trace);
        add(&record,
            "{\"ph\":\"i\",\"s\":\"g\",\"name\":\"end\",\"pid\":%d,\"tid\":1,\"ts\":%" PRIu64
            ".%03" PRIu64 "}\n]\n",
            trace->pid, at / 1000, at % 1000);
        trace_record_write(&record);
    }
    error = trace->error;
    if (trace->fd != STDERR_FILENO && close(trace->fd) && !error)
        error = errno;
    if (error && !atomic_load(&trace->abandoned)) {
        errno = error;
        fail_errno("%s: the trace is not complete", trace->path);
    }
    free(trace);
    return error ? -1 : 0;
}

void
trace_abandon(struct trace *trace)
{
    if (trace)
        atomic_store(&trace->abandoned, true);
}

void
trace_track_vcpu(struct trace *trace, unsigned id)
{
    char name[16];

    snprintf(name, sizeof(name), "vCPU %u", id);
    if (trace)
        metadata_write(trace, "thread_name", id, name);
}

unsigned
trace_track(struct trace *trace, const char *name)
{
    unsigned index;

    if (!trace)
        return 0;
    pthread_mutex_lock(&trace->lock);
    for (index = 0; index < trace->threads && strcmp(trace->name[index], name) != 0; index++)
        ;
    if (index == THREADS_MAX)
        index--;
    else if (index == trace->threads)
        snprintf(trace->name[trace->threads++], sizeof(trace->name[0]), "%s", name);
    pthread_mutex_unlock(&trace->lock);
    metadata_write(trace, "thread_name", CPUS_MAX + index, trace->name[index]);
    return CPUS_MAX + index;
}

bool
trace_is_json(const struct trace *trace)
{
    return trace->json;
}

uint64_t
trace_begin(const struct trace *trace)
{
    return trace ? clock_ns() : 0;
}

/* One end of what overlaps others, in JSON; its arguments follow. */
static void
async_open(struct trace_record *record, char phase, unsigned track, unsigned id, const char *name,
           uint64_t at_ns)
{
    uint64_t at = at_ns - record->trace->start_ns;

    record->args = 0;
    add(record,
        "{\"ph\":\"%c\",\"cat\":\"async\",\"id\":\"%u.%u\",\"name\":\"%s\",\"pid\":%d,"
        "\"tid\":%u,\"ts\":%" PRIu64 ".%03" PRIu64 ",\"args\":{",
        phase, track, id, name, record->trace->pid, track + 1, at / 1000, at % 1000);
}

static void
args_add(struct trace_record *record, const struct trace_arg *arg, size_t arg_count, int64_t result)
{
    for (size_t i = 0; i < arg_count; i++)
        trace_record_len(record, arg[i].name, arg[i].value);
    trace_record_result(record, result < 0 ? result : 0, (uint64_t)result);
}

void
trace_end(struct trace *trace, unsigned track, uint64_t begin, const char *name,
          const struct trace_arg *arg, size_t arg_count, int64_t result)
{
    struct trace_record record;

    if (!trace)
        return;
    trace_record_init(&record, trace);
    trace_record_open(&record, track, name, begin, clock_ns());
    args_add(&record, arg, arg_count, result);
    trace_record_write(&record);
}

void
trace_end_async(struct trace *trace, unsigned track, uint64_t begin, unsigned id, const char *name,
                const struct trace_arg *arg, size_t arg_count, int64_t result)
{
    struct trace_record record;

    if (!trace || !trace->json) {
        trace_end(trace, track, begin, name, arg, arg_count, result);
        return;
    }
    trace_record_init(&record, trace);
    async_open(&record, 'b', track, id, name, begin);
    trace_record_outcome(&record, "");
    async_open(&record, 'e', track, id, name, clock_ns());
    args_add(&record, arg, arg_count, result);
    trace_record_write(&record);
}

void
trace_record_init(struct trace_record *record, struct trace *trace)
{
    record->trace = trace;
    record->len = 0;
    record->overflow = false;
}

void
trace_record_open(struct trace_record *record, unsigned track, const char *name, uint64_t begin_ns,
                  uint64_t end_ns)
{
    const struct trace *trace = record->trace;
    uint64_t at = begin_ns - trace->start_ns;

    record->args = 0;
    record->begin_ns = begin_ns;
    record->took = end_ns - begin_ns;
    if (trace->json) {
        add(record,
            "{\"ph\":\"X\",\"name\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":%" PRIu64 ".%03" PRIu64
            ",\"dur\":%" PRIu64 ".%03" PRIu64 ",\"args\":{",
            name, trace->pid, track + 1, at / 1000, at % 1000, record->took / 1000,
            record->took % 1000);
        return;
    }
    add(record, "%" PRIu64 ".%06" PRIu64 " ", at / 1000000000, at / 1000 % 1000000);
    if (track < CPUS_MAX)
        add(record, "%u %s(", track, name);
    else
        add(record, "%s: %s(", trace->name[track - CPUS_MAX], name);
}

void
trace_record_line(struct trace_record *record, const char *name)
{
    trace_record_init(record, &no_trace);
    record->args = 0;
    add(record, "%s(", name);
}

/* What comes before an argument. */
static void
arg_begin(struct trace_record *record, const char *name)
{
    bool json = record->trace->json;

    if (record->args++)
        add(record, json ? "," : ", ");
    if (json)
        add(record, "\"%s\":", name);
}

void
trace_record_value(struct trace_record *record, const char *name, uint64_t value)
{
    if (value < 4096)
        trace_record_len(record, name, value);
    else
        trace_record_hex(record, name, value);
}

/* JSON has no hexadecimal numbers, and its readers take no 64-bit ones: a string. */
void
trace_record_hex(struct trace_record *record, const char *name, uint64_t value)
{
    arg_begin(record, name);
    add(record, record->trace->json ? "\"0x%" PRIx64 "\"" : "0x%" PRIx64, value);
}

void
trace_record_len(struct trace_record *record, const char *name, uint64_t len)
{
    arg_begin(record, name);
    add(record, "%" PRIu64, len);
}

void
trace_record_bytes(struct trace_record *record, const char *name, const void *data, uint64_t len)
{
    bool json = record->trace->json;

    if (name)
        arg_begin(record, name);
    add(record, "\"");
    for (uint64_t i = 0; i < len && i < SHOWN_MAX; i++) {
        unsigned char c = ((const volatile unsigned char *)data)[i];

        if (c == '\n')
            add(record, "\\n");
        else if (c == '"' || c == '\\')
            add(record, "\\%c", c);
        else if (c >= ' ' && c < 0x7f)
            add(record, "%c", c);
        else
            add(record, json ? "\\u%04x" : "\\x%02x", c);
    }
    if (len > SHOWN_MAX)
        add(record, json ? "...\"" : "\"...");
    else
        add(record, "\"");
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
record_close(struct trace_record *record)
{
    if (record->trace == &no_trace)
        add(record, "\n");
    else if (record->trace->json)
        add(record, "}},\n");
    else
        add(record, " <%" PRIu64 ".%06" PRIu64 ">\n", record->took / 1000000000,
            record->took / 1000 % 1000000);
}

void
trace_record_result(struct trace_record *record, int64_t error, uint64_t value)
{
    if (record->trace->json) {
        if (error) {
            arg_begin(record, "error");
            add(record, "\"%" PRId64 " %s\"", error, error_name(error));
        } else {
            trace_record_value(record, "value", value);
        }
    } else if (error) {
        add(record, ") = %" PRId64 " %s", error, error_name(error));
    } else {
        add(record, value < 4096 ? ") = %" PRIu64 : ") = 0x%" PRIx64, value);
    }
    record_close(record);
}

void
trace_record_outcome(struct trace_record *record, const char *words)
{
    if (!record->trace->json) {
        add(record, "%s%s", *words ? ") = " : ")", words);
    } else if (*words) {
        arg_begin(record, "outcome");
        add(record, "\"%s\"", words);
    }
    record_close(record);
}

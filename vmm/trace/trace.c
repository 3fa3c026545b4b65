/* The trace's file, its tracks, and when a record is written. trace_text.c and trace_json.c define
 * what a record looks like, trace_exit.c what it says about a vCPU's exit. */
#include "vmm/trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "common/sbi_error.h"
#include "vmm/log.h"
#include "vmm/options.h"
#include "vmm/trace/clock.h"
#include "vmm/trace/trace_format.h"
#include "vmm/version.h"

#define THREADS_MAX 16 /* tracks besides those of the vCPUs */

struct trace {
    const char *path;
    int fd;
    const struct trace_format *format;
    int pid; /* a time as in the records: that of the opening */
    uint64_t start_ns;
    atomic_bool abandoned;

    pthread_mutex_t lock; /* guards the fields below, and keeps records whole */
    int error;            /* of the first write that failed; nothing is written afterwards */
    unsigned threads;     /* names of tracks CPUS_MAX and up */
    char name[THREADS_MAX][16];
};

void
trace_add(struct trace_record *record, const char *format, ...)
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

/* The name of a track or of the process. */
static void
name_write(struct trace *trace, const char *what, unsigned track, const char *name)
{
    struct trace_record record;

    if (!trace->format->name_add)
        return;
    trace_record_init(&record, trace);
    trace->format->name_add(&record, what, trace->pid, track, name);
    trace_record_write(&record);
}

/* The format for a file of this name. */
static const struct trace_format *
format_find(const char *path)
{
#define FORMAT_(name) &trace_##name,
    static const struct trace_format *const formats[] = {TRACE_FORMATS(FORMAT_)};
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        size_t ending = formats[i]->ending ? strlen(formats[i]->ending) : 0;

        if (!ending || (len > ending && strcmp(path + len - ending, formats[i]->ending) == 0))
            return formats[i];
    }
    return &trace_text;
}

struct trace *
trace_open(const char *where, const char *guest)
{
    struct trace *trace = calloc(1, sizeof(*trace));
    const char *file_name = strrchr(guest, '/');
    char name[NAME_MAX + 32];

    if (!trace) {
        fail_errno("trace");
        return NULL;
    }
    trace->path = where;
    trace->pid = getpid();
    trace->start_ns = clock_ns();
    trace->format = format_find(where);
    pthread_mutex_init(&trace->lock, NULL);
    trace->fd = strcmp(where, "-") == 0
                    ? STDERR_FILENO
                    : open(where, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (trace->fd < 0) {
        fail_errno("%s", where);
        free(trace);
        return NULL;
    }
    if (trace->format->file_begin) {
        struct trace_record record;

        trace_record_init(&record, trace);
        trace->format->file_begin(&record);
        trace_record_write(&record);
    }
    snprintf(name, sizeof(name), "%s, duet " DUET_VERSION, file_name ? file_name + 1 : guest);
    name_write(trace, "process_name", 0, name);
    return trace;
}

int
trace_close(struct trace *trace)
{
    int error;

    if (trace->format->file_end) {
        struct trace_record record;

        trace_record_init(&record, trace);
        trace->format->file_end(&record, trace->pid, clock_ns() - trace->start_ns);
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
trace_drop(struct trace *trace)
{
    if (trace->fd != STDERR_FILENO)
        close(trace->fd);
    free(trace);
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
        name_write(trace, "thread_name", id, name);
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
    name_write(trace, "thread_name", CPUS_MAX + index, trace->name[index]);
    return CPUS_MAX + index;
}

bool
trace_has_guest_time(const struct trace *trace)
{
    return trace->format->async_begin;
}

uint64_t
trace_begin(const struct trace *trace)
{
    return trace ? clock_ns() : 0;
}

static struct trace_slice
slice_of(const struct trace *trace, unsigned track, const char *name, uint64_t begin_ns,
         uint64_t end_ns)
{
    return (struct trace_slice){
        .name = name,
        .pid = trace->pid,
        .track = track,
        .thread = track < CPUS_MAX ? NULL : trace->name[track - CPUS_MAX],
        .at_ns = begin_ns - trace->start_ns,
        .took_ns = end_ns - begin_ns,
    };
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

    struct trace_slice slice;

    if (!trace || !trace->format->async_begin) {
        trace_end(trace, track, begin, name, arg, arg_count, result);
        return;
    }
    trace_record_init(&record, trace);
    slice = slice_of(trace, track, name, begin, begin);
    trace->format->async_begin(&record, 'b', id, &slice);
    trace_record_outcome(&record, "");
    record.args = 0;
    slice = slice_of(trace, track, name, clock_ns(), 0);
    trace->format->async_begin(&record, 'e', id, &slice);
    args_add(&record, arg, arg_count, result);
    trace_record_write(&record);
}

void
trace_record_init(struct trace_record *record, struct trace *trace)
{
    record->trace = trace;
    record->format = trace->format;
    record->args = 0;
    record->len = 0;
    record->overflow = false;
}

void
trace_record_open(struct trace_record *record, unsigned track, const char *name, uint64_t begin_ns,
                  uint64_t end_ns)
{
    struct trace_slice slice = slice_of(record->trace, track, name, begin_ns, end_ns);

    record->args = 0;
    record->took_ns = slice.took_ns;
    record->format->begin(record, &slice);
}

void
trace_record_line(struct trace_record *record, const char *name)
{
    record->trace = NULL;
    record->format = &trace_line;
    record->args = 0;
    record->len = 0;
    record->overflow = false;
    record->format->begin(record, &(struct trace_slice){.name = name});
}

/* What precedes an argument. */
static void
arg_begin(struct trace_record *record, const char *name)
{
    if (record->args++)
        trace_add(record, "%s", record->format->separator);
    record->format->arg_begin(record, name);
}

void
trace_record_value(struct trace_record *record, const char *name, uint64_t value)
{
    if (value < 4096)
        trace_record_len(record, name, value);
    else
        trace_record_hex(record, name, value);
}

void
trace_record_hex(struct trace_record *record, const char *name, uint64_t value)
{
    const char *quote = record->format->quote;

    arg_begin(record, name);
    trace_add(record, "%s0x%" PRIx64 "%s", quote, value, quote);
}

void
trace_record_len(struct trace_record *record, const char *name, uint64_t len)
{
    arg_begin(record, name);
    trace_add(record, "%" PRIu64, len);
}

void
trace_record_words(struct trace_record *record, const char *name, const char *words)
{
    arg_begin(record, name);
    trace_add(record, "\"%s\"", words);
}

void
trace_record_bytes(struct trace_record *record, const char *name, const void *data, uint64_t len)
{
    arg_begin(record, name);
    trace_add(record, "\"");
    for (uint64_t i = 0; i < len && i < TRACE_BUFFER_SHOWN; i++) {
        unsigned char c = ((const volatile unsigned char *)data)[i];

        if (c == '\n')
            trace_add(record, "\\n");
        else if (c == '"' || c == '\\')
            trace_add(record, "\\%c", c);
        else if (c >= ' ' && c < 0x7f)
            trace_add(record, "%c", c);
        else
            trace_add(record, "%s%02x", record->format->escape, c);
    }
    trace_add(record, "%s", len > TRACE_BUFFER_SHOWN ? record->format->cut : "\"");
}

void
trace_record_result(struct trace_record *record, int64_t error, uint64_t value)
{
    record->format->result(record, error, sbi_error_name(error), value);
}

void
trace_record_outcome(struct trace_record *record, const char *words)
{
    record->format->outcome(record, words);
}

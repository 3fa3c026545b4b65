/* The trace in Chrome's trace event format: an array of events, times in microseconds. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/trace/trace_format.h"

/* Place and time of an event. Threads are numbered from 1: track 0 is thread 1. */
#define PLACE_FORMAT "\"pid\":%d,\"tid\":%u,\"ts\":%" PRIu64 ".%03" PRIu64
#define PLACE(pid, track, at_ns)                                                                   \
    (pid), (track) + 1, (uint64_t)(at_ns) / 1000, (uint64_t)(at_ns) % 1000

static void
file_begin(struct trace_record *record)
{
    trace_add(record, "[\n");
}

/* The last field of an object has no comma behind it. */
static void
file_end(struct trace_record *record, int pid, uint64_t at_ns)
{
    trace_add(record, "{\"ph\":\"i\",\"s\":\"g\",\"name\":\"end\"," PLACE_FORMAT "}\n]\n",
              PLACE(pid, 0, at_ns));
}

static void
name_add(struct trace_record *record, const char *what, int pid, unsigned track, const char *name)
{
    trace_add(record, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%u,\"args\":{", what, pid,
              track + 1);
    trace_record_bytes(record, "name", name, strlen(name));
    trace_add(record, "}},\n");
}

static void
begin(struct trace_record *record, const struct trace_slice *slice)
{
    trace_add(record,
              "{\"ph\":\"X\",\"name\":\"%s\"," PLACE_FORMAT ",\"dur\":%" PRIu64 ".%03" PRIu64
              ",\"args\":{",
              slice->name, PLACE(slice->pid, slice->track, slice->at_ns), slice->took_ns / 1000,
              slice->took_ns % 1000);
}

static void
async_begin(struct trace_record *record, char phase, unsigned id, const struct trace_slice *slice)
{
    trace_add(record,
              "{\"ph\":\"%c\",\"cat\":\"async\",\"id\":\"%u.%u\",\"name\":\"%s\"," PLACE_FORMAT
              ",\"args\":{",
              phase, slice->track, id, slice->name, PLACE(slice->pid, slice->track, slice->at_ns));
}

static void
arg_begin(struct trace_record *record, const char *name)
{
    trace_add(record, "\"%s\":", name);
}

static void
result(struct trace_record *record, int64_t error, const char *error_name, uint64_t value)
{
    char text[64];

    if (error) {
        snprintf(text, sizeof(text), "%" PRId64 " %s", error, error_name);
        trace_record_words(record, "error", text);
    } else {
        trace_record_value(record, "value", value);
    }
    trace_add(record, "}},\n");
}

static void
outcome(struct trace_record *record, const char *words)
{
    if (*words)
        trace_record_words(record, "outcome", words);
    trace_add(record, "}},\n");
}

/* JSON has no hexadecimal numbers, and its readers lose bits of 64-bit ones, so those are
 * strings. */
const struct trace_format trace_json = {
    .ending = ".json",
    .separator = ",",
    .quote = "\"",
    .escape = "\\u00",
    .cut = "...\"",
    .file_begin = file_begin,
    .file_end = file_end,
    .name_add = name_add,
    .begin = begin,
    .arg_begin = arg_begin,
    .result = result,
    .outcome = outcome,
    .async_begin = async_begin,
};

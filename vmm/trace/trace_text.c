/* The trace as lines of text: 0.012345 0 console_write("hello\n", 6) = 6 <0.000009> */
#include <inttypes.h>

#include "vmm/trace/trace_format.h"

static void
begin(struct trace_record *record, const struct trace_slice *slice)
{
    trace_add(record, "%" PRIu64 ".%06" PRIu64 " ", slice->at_ns / 1000000000,
              slice->at_ns / 1000 % 1000000);
    if (slice->thread)
        trace_add(record, "%s: %s(", slice->thread, slice->name);
    else
        trace_add(record, "%u %s(", slice->track, slice->name);
}

static void
arg_begin(struct trace_record *record, const char *name)
{
    (void)record, (void)name;
}

static void
result_add(struct trace_record *record, int64_t error, const char *error_name, uint64_t value)
{
    if (error)
        trace_add(record, ") = %" PRId64 " %s", error, error_name);
    else
        trace_add(record, value < 4096 ? ") = %" PRIu64 : ") = 0x%" PRIx64, value);
}

static void
outcome_add(struct trace_record *record, const char *words)
{
    trace_add(record, "%s%s", *words ? ") = " : ")", words);
}

static void
took_add(struct trace_record *record)
{
    trace_add(record, " <%" PRIu64 ".%06" PRIu64 ">\n", record->took_ns / 1000000000,
              record->took_ns / 1000 % 1000000);
}

static void
result(struct trace_record *record, int64_t error, const char *error_name, uint64_t value)
{
    result_add(record, error, error_name, value);
    took_add(record);
}

static void
outcome(struct trace_record *record, const char *words)
{
    outcome_add(record, words);
    took_add(record);
}

const struct trace_format trace_text = {
    .separator = ", ",
    .quote = "",
    .escape = "\\x",
    .cut = "\"...",
    .begin = begin,
    .arg_begin = arg_begin,
    .result = result,
    .outcome = outcome,
};

static void
line_begin(struct trace_record *record, const struct trace_slice *slice)
{
    trace_add(record, "%s(", slice->name);
}

static void
line_result(struct trace_record *record, int64_t error, const char *error_name, uint64_t value)
{
    result_add(record, error, error_name, value);
    trace_add(record, "\n");
}

static void
line_outcome(struct trace_record *record, const char *words)
{
    outcome_add(record, words);
    trace_add(record, "\n");
}

const struct trace_format trace_line = {
    .separator = ", ",
    .quote = "",
    .escape = "\\x",
    .cut = "\"...",
    .begin = line_begin,
    .arg_begin = arg_begin,
    .result = line_result,
    .outcome = line_outcome,
};

/*
 * A format of the trace's file. trace.c decides when something is recorded, and puts a record
 * together piece by piece; what a piece looks like is the format's. To add a format: a line in
 * TRACE_FORMATS, and a file that defines it, such as trace_json.c.
 */
#ifndef DUET_VMM_TRACE_FORMAT_H
#define DUET_VMM_TRACE_FORMAT_H

#include <stdint.h>

#include "vmm/trace/trace.h"

/* The formats of files, by their names: trace_json and so on. The first whose `ending` fits is
 * taken, so the one that has none is the last. */
#define TRACE_FORMATS(FORMAT)                                                                      \
    FORMAT(json)                                                                                   \
    FORMAT(text)

/* What a record is about. */
struct trace_slice {
    const char *name;
    int pid;
    unsigned track;
    const char *thread; /* the track's thread by name; NULL: a vCPU, which goes by its number */
    uint64_t at_ns;     /* its beginning, since the trace was opened */
    uint64_t took_ns;
};

struct trace_format {
    const char *ending;    /* of the file names that select it; NULL: any */
    const char *separator; /* between two arguments */
    const char *quote;     /* before and behind a hexadecimal number */
    const char *escape;    /* before the two digits of a byte that cannot be shown */
    const char *cut;       /* the end of a buffer that is not shown whole */

    /* A record that is a line by itself: the beginning of the file, its end `at_ns` after that, and
     * what a track ("thread_name") or the process ("process_name") is called. NULL: none. */
    void (*file_begin)(struct trace_record *record);
    void (*file_end)(struct trace_record *record, int pid, uint64_t at_ns);
    void (*name_add)(struct trace_record *record, const char *what, int pid, unsigned track,
                     const char *name);

    /* The parts of a record: its beginning, what comes before an argument's value, and its end with
     * what came out. `error_name` belongs to an error that is not 0. */
    void (*begin)(struct trace_record *record, const struct trace_slice *slice);
    void (*arg_begin)(struct trace_record *record, const char *name);
    void (*result)(struct trace_record *record, int64_t error, const char *error_name,
                   uint64_t value);
    void (*outcome)(struct trace_record *record, const char *words);

    /* One of the two records of what overlaps others of its track: `phase` is 'b' or 'e'. NULL:
     * such things are records like any other, and the time in the guest is not shown. */
    void (*async_begin)(struct trace_record *record, char phase, unsigned id,
                        const struct trace_slice *slice);
};

#define TRACE_DECLARE_(name) extern const struct trace_format trace_##name;
TRACE_FORMATS(TRACE_DECLARE_)

/* Text without times, for a line outside of a trace. */
extern const struct trace_format trace_line;

/* For the formats: adds to the record. What does not fit drops the record as a whole. */
void trace_add(struct trace_record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For the formats: an argument that is plain words of ours, in quotes. */
void trace_record_words(struct trace_record *record, const char *name, const char *words);

#endif

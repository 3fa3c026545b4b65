/*
 * The trace: what each thread did, and for how long. As lines of text, or, in a file whose name
 * ends with .json, in Chrome's trace event format, which Perfetto and chrome://tracing show.
 *
 *     0.012345 0 console_write("hello\n", 6) = 6 <0.000009>
 *
 * The first number is seconds since the trace was opened, the second is the thread's track (a vCPU
 * by its number), the last is how long it took, in seconds. In JSON each thread is a track, and
 * what it did is a slice on it ("ph":"X"); times are microseconds.
 *
 * Each record is one write of whole lines, so that those of several threads do not mix, none is
 * lost when the process is killed, and a JSON file that was cut off is an array that lacks its end,
 * which the format allows.
 *
 * A thread that is no vCPU takes part like this. When the trace is NULL, these calls do nothing:
 *
 *     unsigned track = trace_track(vm->trace, "disk 0");
 *     ...
 *     uint64_t begin = trace_begin(vm->trace);
 *     result = pread(...);
 *     trace_end(vm->trace, track, begin, "read", TRACE_ARGS({"offset", offset}, {"len", len}),
 *               result);
 */
#ifndef DUET_VMM_TRACE_H
#define DUET_VMM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace;
struct trace_format;

/* Opens the trace: "-" is stderr, else a path. NULL after saying why. */
struct trace *trace_open(const char *where, const char *guest);

/* Finishes the file and frees the trace. 0, or -1 after saying that it could not be written. */
int trace_close(struct trace *trace);

/* In a process that was forked: closes the file without a word, for the trace is another's. */
void trace_drop(struct trace *trace);

/* From now on records may be lost: a thread that waits for the reader of the trace gives up when it
 * is kicked. From any thread. */
void trace_abandon(struct trace *trace);

/* The tracks 0 to CPUS_MAX - 1 are the vCPUs'. */
void trace_track_vcpu(struct trace *trace, unsigned id);

/* A track for another thread. There are 16; later ones share the last. */
unsigned trace_track(struct trace *trace, const char *name);

/* The time when something begins, for trace_end(). Records of one track must not overlap, except
 * that one may lie within another.
 */
uint64_t trace_begin(const struct trace *trace);

struct trace_arg {
    const char *name;
    uint64_t value;
};
#define TRACE_ARGS(...)                                                                            \
    (const struct trace_arg[]){__VA_ARGS__},                                                       \
        sizeof((const struct trace_arg[]){__VA_ARGS__}) / sizeof(struct trace_arg)

/* Records what began at `begin` and ends now; `name` and the arguments' are plain words. */
void trace_end(struct trace *trace, unsigned track, uint64_t begin, const char *name,
               const struct trace_arg *arg, size_t arg_count, int64_t result);

/* The same for what a track can have several of at once, such as a disk's requests. `id` tells
 * records of the track that overlap from one another. */
void trace_end_async(struct trace *trace, unsigned track, uint64_t begin, unsigned id,
                     const char *name, const struct trace_arg *arg, size_t arg_count,
                     int64_t result);

/* As much of a buffer as a record shows, in bytes. */
#define TRACE_BUFFER_SHOWN 32

/* Records that are put together piece by piece; several may go out in one write. */
struct trace_record {
    struct trace *trace; /* NULL: a line by itself */
    const struct trace_format *format;
    unsigned args;    /* of the record that is open */
    uint64_t took_ns; /* likewise */
    size_t len;
    bool overflow;
    char text[2048]; /* three buffers shown in full fit: a0..a5 hold no more */
};

/* Opens a record that is a line by itself, in `text`, without times: there need be no trace. */
void trace_record_line(struct trace_record *record, const char *name);

/* Whether the trace shows the time in the guest as records of their own. */
bool trace_has_guest_time(const struct trace *trace);

/* Begins an empty piece of text for records of this trace. */
void trace_record_init(struct trace_record *record, struct trace *trace);

/* Opens a record in it: what happened on the track from `begin_ns` to `end_ns`, on clock_ns(). */
void trace_record_open(struct trace_record *record, unsigned track, const char *name,
                       uint64_t begin_ns, uint64_t end_ns);
/* An argument: small values are decimal, large ones hexadecimal. */
void trace_record_value(struct trace_record *record, const char *name, uint64_t value);
void trace_record_hex(struct trace_record *record, const char *name, uint64_t value);
void trace_record_len(struct trace_record *record, const char *name, uint64_t len);
/* The first bytes of a buffer, escaped; the guest may change them meanwhile. */
void trace_record_bytes(struct trace_record *record, const char *name, const void *data,
                        uint64_t len);
/* The end of a record, with what came out: a value, an SBI error, or words. */
void trace_record_result(struct trace_record *record, int64_t error, uint64_t value);
void trace_record_outcome(struct trace_record *record, const char *words);
void trace_record_write(struct trace_record *record);

#endif

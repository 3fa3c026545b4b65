/*
 * What every fuzz target includes. A target is a file target_NAME.c with a
 * LLVMFuzzerTestOneInput(), which libFuzzer calls with inputs of its making, and replay.c with
 * those in files; and a fuzz_seeds(), which makes the inputs to begin with out of real things.
 */
#ifndef DUET_TESTS_FUZZ_H
#define DUET_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What the target defines; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the target defines: calls seed_write() for each seed. */
void fuzz_seeds(void);
void seed_write(const char *name, const void *data, size_t len);

/* Ends the process as a finding, with `format` as the reason, unless `good`. */
void fuzz_check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* From here on what this process prints to the stream stderr is kept. */
void said_begin(void);

/* What it was since said_begin(), which ends; good until the next. */
const char *said_end(void);

/* Fails unless `said` is a single line of duet's. */
void check_one_line(const char *said);

/* An input that is taken apart from its beginning. What is not there any more is zeroes. */
struct input {
    const uint8_t *at;
    size_t left;
};

uint64_t take(struct input *input, unsigned bytes);
void take_bytes(struct input *input, void *to, size_t len);

/* A 64-bit value: a tag and what it needs, so that the values at which things go wrong (around 0,
 * around `base` and `end`, powers of two, the largest) are a few bits away from each other. */
uint64_t take_value(struct input *input, uint64_t base, uint64_t end);

/* An input that is put together: the other way round. What does not fit is a bug, and found. */
struct output {
    size_t len;
    uint8_t data[4096];
};

void give(struct output *output, uint64_t value, unsigned bytes);
void give_bytes(struct output *output, const void *from, size_t len);
void give_value(struct output *output, uint64_t value);

#endif

/*
 * How often each duration occurred, in buckets that grow with it: 8 to each power of two, so that a
 * percentile is right within 1/16 of itself (6.3 %) and all of them take 2.5 KiB. From 0 ns to
 * 36 minutes; what takes longer counts as that.
 *
 * One thread adds; any thread may read meanwhile.
 */
#ifndef DUET_VMM_HISTOGRAM_H
#define DUET_VMM_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 312

struct histogram {
    uint64_t count[HISTOGRAM_BUCKETS];
};

/* Adds a duration in nanoseconds. */
void histogram_add(struct histogram *histogram, uint64_t ns);

/* Adds all durations of `from` to `to`. */
void histogram_merge(struct histogram *to, const struct histogram *from);

/* The duration, in nanoseconds, that `per_mille` in 1000 of those added do not exceed; 0 if none
 * was added. */
uint64_t histogram_percentile(const struct histogram *histogram, unsigned per_mille);

#endif

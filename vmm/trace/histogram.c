/* Durations, counted in 8 buckets for each power of two. */
#include "vmm/trace/histogram.h"

#include "vmm/trace/counter.h"

#define SUB_BITS 3 /* 8 buckets for each power of two */
#define SUB      (1u << SUB_BITS)

static unsigned
bucket_of(uint64_t ns)
{
    unsigned exponent, bucket;

    if (ns < SUB)
        return (unsigned)ns;
    exponent = 63 - (unsigned)__builtin_clzll(ns);
    bucket = (exponent - SUB_BITS + 1) * SUB + (ns >> (exponent - SUB_BITS) & (SUB - 1));
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The middle of the bucket. */
static uint64_t
bucket_value(unsigned bucket)
{
    unsigned shift = bucket / SUB - 1;
    uint64_t first;

    if (bucket < 2 * SUB)
        return bucket;
    first = (uint64_t)(SUB + bucket % SUB) << shift;
    return first + ((uint64_t)1 << shift) / 2;
}

void
histogram_add(struct histogram *histogram, uint64_t ns)
{
    counter_add(&histogram->count[bucket_of(ns)], 1);
}

void
histogram_merge(struct histogram *to, const struct histogram *from)
{
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        to->count[bucket] += counter_read(&from->count[bucket]);
}

uint64_t
histogram_percentile(const struct histogram *histogram, unsigned per_mille)
{
    uint64_t total = 0, below = 0, want;

    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        total += histogram->count[bucket];
    /* Rounded up, without an overflow: of 3 values the median is the second. */
    want = total / 1000 * per_mille + (total % 1000 * per_mille + 999) / 1000;
    for (unsigned bucket = 0; total && bucket < HISTOGRAM_BUCKETS; bucket++) {
        below += histogram->count[bucket];
        if (below >= want)
            return bucket_value(bucket);
    }
    return 0;
}

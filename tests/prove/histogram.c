/* Durations in buckets: every duration, and percentiles of a few. */
#include "tests/prove/prove.h"

#include "vmm/trace/histogram.c"

/* The longest that the header promises a bucket of its own: below 2^41 ns, 36 minutes. */
#define NS_MAX (((uint64_t)1 << 41) - 1)

PROVE(histogram_bucket, 1, QUICK)
{
    uint64_t ns = prove_u64("ns"), less = prove_u64("a shorter one"), shown;
    unsigned bucket = bucket_of(ns);

    prove_check(bucket < HISTOGRAM_BUCKETS, "there is a bucket");
    prove_check(less > ns || bucket_of(less) <= bucket, "a longer one is in no lower bucket");
    if (ns <= NS_MAX) {
        shown = bucket_value(bucket);
        prove_check((shown > ns ? shown - ns : ns - shown) <= ns / 16,
                    "what is shown is right within 1/16 of it");
    } else {
        prove_check(bucket == HISTOGRAM_BUCKETS - 1, "what takes longer counts as the longest");
    }
}

/* Up to 31 of each of two durations; which buckets they are in is of no interest here. */
#define LOW  20
#define HIGH 100
PROVE(histogram_percentile, 313, FULL)
{
    static struct histogram histogram;
    unsigned low = (unsigned)prove_below("how many short ones", 32);
    unsigned high = (unsigned)prove_below("how many long ones", 32);
    unsigned per_mille = (unsigned)prove_below("per mille", 1001);
    uint64_t shown;

    prove_assume(low + high > 0 && per_mille > 0);
    histogram.count[LOW] = low;
    histogram.count[HIGH] = high;
    shown = histogram_percentile(&histogram, per_mille);
    prove_check(shown == bucket_value(low * 1000 >= (low + high) * per_mille ? LOW : HIGH),
                "the least that so many do not exceed");
}

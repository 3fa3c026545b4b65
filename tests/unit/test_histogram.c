/* Percentiles of durations are right within a sixteenth. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vmm/trace/histogram.h"

static struct histogram histogram;

static int
begin(void **state)
{
    (void)state;
    memset(&histogram, 0, sizeof(histogram));
    return 0;
}

static void
within_a_sixteenth(uint64_t got, uint64_t want)
{
    uint64_t off = got > want ? got - want : want - got;

    expect(off <= want / 16, "got %lu for %lu", (unsigned long)got, (unsigned long)want);
}

static void
nothing_has_no_percentile(void **state)
{
    (void)state;
    assert_int_equal(histogram_percentile(&histogram, 500), 0);
}

static void
each_duration_is_its_own_median(void **state)
{
    (void)state;
    for (uint64_t ns = 1; ns < (uint64_t)1 << 40; ns += ns / 7 + 1) {
        memset(&histogram, 0, sizeof(histogram));
        histogram_add(&histogram, ns);
        within_a_sixteenth(histogram_percentile(&histogram, 500), ns);
        within_a_sixteenth(histogram_percentile(&histogram, 990), ns);
    }
}

static void
the_median_and_the_tail_differ(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 980; i++)
        histogram_add(&histogram, 1000);
    for (unsigned i = 0; i < 20; i++)
        histogram_add(&histogram, 1000000);
    within_a_sixteenth(histogram_percentile(&histogram, 500), 1000);
    within_a_sixteenth(histogram_percentile(&histogram, 980), 1000);
    within_a_sixteenth(histogram_percentile(&histogram, 981), 1000000);
    within_a_sixteenth(histogram_percentile(&histogram, 990), 1000000);
}

static void
few_samples_have_percentiles_too(void **state)
{
    (void)state;
    histogram_add(&histogram, 10);
    histogram_add(&histogram, 1000);
    histogram_add(&histogram, 100000);
    within_a_sixteenth(histogram_percentile(&histogram, 500), 1000);
    within_a_sixteenth(histogram_percentile(&histogram, 990), 100000);
}

static void
what_is_longer_than_all_buckets_counts_as_the_longest(void **state)
{
    uint64_t longest;

    (void)state;
    histogram_add(&histogram, UINT64_MAX);
    longest = histogram_percentile(&histogram, 500);
    expect(longest > (uint64_t)1000 * 1000000000, "only %lu ns", (unsigned long)longest);
}

static void
histograms_add_up(void **state)
{
    struct histogram other = {0};

    (void)state;
    histogram_add(&histogram, 100);
    histogram_add(&other, 10000);
    histogram_add(&other, 10000);
    histogram_merge(&histogram, &other);
    within_a_sixteenth(histogram_percentile(&histogram, 500), 10000);
    within_a_sixteenth(histogram_percentile(&histogram, 333), 100);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_has_no_percentile),
        TEST(each_duration_is_its_own_median),
        TEST(the_median_and_the_tail_differ),
        TEST(few_samples_have_percentiles_too),
        TEST(what_is_longer_than_all_buckets_counts_as_the_longest),
        TEST(histograms_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

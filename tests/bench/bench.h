/* What the floor and the guest that is measured against it have in common. */
#ifndef DUET_TESTS_BENCH_H
#define DUET_TESTS_BENCH_H

/* Calls in a measured loop; as many go before, to warm up. */
#define BENCH_ROUNDS 2000

#define BENCH_STRING_(x) #x
#define BENCH_STRING(x)  BENCH_STRING_(x)

#endif

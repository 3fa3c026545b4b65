/* What the floor and the guests that are measured against it have in common. */
#ifndef DUET_TESTS_BENCH_H
#define DUET_TESTS_BENCH_H

/* Rounds of a measured loop; as many go before, to warm up. */
#define BENCH_ROUNDS         2000
#define BENCH_CONSOLE_ROUNDS 20

/* Bytes that the console takes in one call. */
#define BENCH_CONSOLE_BYTES 10000

#define BENCH_STRING_(x) #x
#define BENCH_STRING(x)  BENCH_STRING_(x)

#endif

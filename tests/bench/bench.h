/* What the floor and the guests that are measured against it have in common. */
#ifndef DUET_TESTS_BENCH_H
#define DUET_TESTS_BENCH_H

/* Rounds of a measured loop; as many go before, to warm up. */
#define BENCH_ROUNDS         2000
#define BENCH_CONSOLE_ROUNDS 20
#define BENCH_UART_ROUNDS    1000

#define BENCH_SAVES 5

/* What a guest that moves writes to: so many pages each so many ms. */
#define BENCH_MOVE_PAGES 500
#define BENCH_MOVE_MS    30

/* Bytes that the console takes in one call. */
#define BENCH_CONSOLE_BYTES 10000

/* Reads from a disk: so many, of so many bytes, so many in flight. */
#define BENCH_DISK_READS 2048
#define BENCH_DISK_BYTES 4096
#define BENCH_DISK_DEPTH 32

/* The disk, and where on it read n goes: all over it. */
#define BENCH_DISK_MIB       16
#define BENCH_DISK_OFFSET(n) ((n) * 1237UL % (BENCH_DISK_MIB * 256UL) * BENCH_DISK_BYTES)

#endif

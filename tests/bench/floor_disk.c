/*
 * What a read from a disk costs at the least: the host Linux's own, past its page cache (O_DIRECT)
 * by io_uring, as many in flight as in guests/disk.c. floor_disk FILE prints instructions a read,
 * under QEMU's -icount.
 */
#include <fcntl.h>
#include <liburing.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

static char buffer[BENCH_DISK_DEPTH][BENCH_DISK_BYTES] __attribute__((aligned(BENCH_DISK_BYTES)));

static void
put(struct io_uring *uring, int fd, unsigned n, unsigned slot)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(uring);

    io_uring_prep_read(sqe, fd, buffer[slot], BENCH_DISK_BYTES, BENCH_DISK_OFFSET(n));
    io_uring_sqe_set_data64(sqe, slot);
}

static void
read_all(struct io_uring *uring, int fd)
{
    unsigned sent = 0, taken = 0;

    for (; sent < BENCH_DISK_DEPTH; sent++)
        put(uring, fd, sent, sent);
    while (taken < BENCH_DISK_READS) {
        struct io_uring_cqe *cqe;

        if (io_uring_submit_and_wait(uring, 1) < 0)
            exit(1);
        while (io_uring_peek_cqe(uring, &cqe) == 0) {
            if (cqe->res != BENCH_DISK_BYTES) {
                fprintf(stderr, "floor_disk: a read returned %d\n", cqe->res);
                exit(1);
            }
            if (sent < BENCH_DISK_READS)
                put(uring, fd, sent++, (unsigned)cqe->user_data);
            io_uring_cqe_seen(uring, cqe);
            taken++;
        }
    }
}

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int
main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECT) : -1;
    struct io_uring uring;
    uint64_t before_ns = 0;

    if (fd < 0 ||
        io_uring_queue_init(BENCH_DISK_DEPTH, &uring,
                            IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN) < 0) {
        perror(argc == 2 ? argv[1] : "usage: floor_disk FILE");
        return 1;
    }
    for (unsigned turn = 0; turn < 2; turn++) {
        before_ns = now_ns();
        read_all(&uring, fd);
    }
    printf("%lu\n", (now_ns() - before_ns) / BENCH_DISK_READS);
    return 0;
}

/* The clock that durations are measured with. */
#ifndef DUET_VMM_CLOCK_H
#define DUET_VMM_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds on CLOCK_MONOTONIC; no system call. */
static inline uint64_t
clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What orders things that several threads did, in ticks: the hart's own counter, an instruction. */
static inline uint64_t
clock_ticks(void)
{
#ifdef __riscv
    uint64_t ticks;

    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
#else
    return clock_ns();
#endif
}

#endif

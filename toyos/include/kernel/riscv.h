/* The machine, as far as a program sees it: pages, the top of its addresses, the time. */
#ifndef TOYOS_RISCV_H
#define TOYOS_RISCV_H

#include "kernel/types.h"

#define PGSIZE  4096
#define PGSHIFT 12

#define PGROUNDUP(size)   (((size) + PGSIZE - 1) & ~(uint64)(PGSIZE - 1))
#define PGROUNDDOWN(addr) ((addr) & ~(uint64)(PGSIZE - 1))

/* Sv39's lower half: no program has an address from here on. */
#define MAXVA (1UL << 38)

/* The stack pointer. */
static inline uint64
r_sp(void)
{
    uint64 sp;
    __asm__ volatile("mv %0, sp" : "=r"(sp));
    return sp;
}

/* The thread pointer. */
static inline uint64
r_tp(void)
{
    uint64 tp;
    __asm__ volatile("mv %0, tp" : "=r"(tp));
    return tp;
}

/* The time CSR: counts at the machine's timebase, 10 MHz on QEMU's virt. */
static inline uint64
r_time(void)
{
    uint64 time;
    __asm__ volatile("rdtime %0" : "=r"(time)::"memory");
    return time;
}

#endif

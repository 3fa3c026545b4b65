/* Instructions that C has no words for. */
#ifndef TOYOS_RISCV_OPS_H
#define TOYOS_RISCV_OPS_H

#include <stdint.h>

#include "common/riscv.h"

#define csr_read(name)                                                                             \
    __extension__({                                                                                \
        uint64_t csr_value_;                                                                       \
        __asm__ volatile("csrr %0, " #name : "=r"(csr_value_)::"memory");                          \
        csr_value_;                                                                                \
    })
#define csr_write(name, value) csr_write_(name, value)
#define csr_write_(name, value)                                                                    \
    __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define csr_clear(name, bits)                                                                      \
    __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")

struct hart;

/* The hart that this runs on; its tp has the address. */
static inline struct hart *
hart_this(void)
{
    struct hart *self;
    __asm__ volatile("mv %0, tp" : "=r"(self)); /* volatile: a thread changes harts */
    return self;
}

static inline void
tlb_flush(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* Forgets the translations of the user's half: all that are not global (Privileged 1.12 §4.2.1).
 * ASID 0 is the only one. */
static inline void
tlb_flush_user(void)
{
    __asm__ volatile("sfence.vma zero, %0" ::"r"(0UL) : "memory");
}

/* This hart fetches instructions as they were stored before (Zifencei). */
static inline void
icache_flush(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}

static inline void
wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

#endif

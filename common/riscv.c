/* Names for what the RISC-V hardware reports by number. Freestanding. */
#include "common/riscv.h"

const char *
riscv_cause_name(uint64_t scause)
{
    static const char *const exception[] = {
        [CAUSE_FETCH_MISALIGNED] = "instruction address misaligned",
        [CAUSE_FETCH_ACCESS] = "instruction access fault",
        [CAUSE_ILLEGAL] = "illegal instruction",
        [CAUSE_BREAKPOINT] = "breakpoint",
        [CAUSE_LOAD_MISALIGNED] = "load address misaligned",
        [CAUSE_LOAD_ACCESS] = "load access fault",
        [CAUSE_STORE_MISALIGNED] = "store address misaligned",
        [CAUSE_STORE_ACCESS] = "store access fault",
        [CAUSE_ECALL_U] = "environment call from U-mode",
        [CAUSE_ECALL_S] = "environment call from S-mode",
        [CAUSE_FETCH_PAGE_FAULT] = "instruction page fault",
        [CAUSE_LOAD_PAGE_FAULT] = "load page fault",
        [CAUSE_STORE_PAGE_FAULT] = "store page fault",
    };
    static const char *const interrupt[] = {
        [IRQ_S_SOFT] = "software interrupt",
        [IRQ_S_TIMER] = "timer interrupt",
        [IRQ_S_EXT] = "external interrupt",
    };
    uint64_t code = scause & ~SCAUSE_INTERRUPT;
    const char *name = 0;

    if (scause & SCAUSE_INTERRUPT) {
        if (code < sizeof(interrupt) / sizeof(interrupt[0]))
            name = interrupt[code];
    } else if (code < sizeof(exception) / sizeof(exception[0])) {
        name = exception[code];
    }
    return name ? name : "unknown cause";
}

const char *
riscv_register_name(unsigned n)
{
    static const char name[32][5] = {
        "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    };
    return name[n];
}

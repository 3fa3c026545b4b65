/* What a trap saves, with the offsets that assembly needs; trap.c checks them. C and assembly. */
#ifndef TOYOS_TRAP_FRAME_H
#define TOYOS_TRAP_FRAME_H

#define TF_X(n)   ((n) * 8)
#define TF_PC     256
#define TF_STATUS 264
#define TF_CAUSE  272
#define TF_VALUE  280
#define TF_HART   288
#define TF_FP     304
#define TF_RA     312
#define TF_SIZE   320

/* In struct hart, and its size; hart.c checks them */
#define HART_STACK_TOP 0
#define HART_ID        8
#define HART_SIZE      256

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "common/riscv.h"

/* A program's first status: user mode, interrupts on, registers of 64 bits. */
#define STATUS_USER (SSTATUS_SPIE | SSTATUS_UXL_64)

struct hart;

struct trap_frame {
    uint64_t x[32]; /* x[0] is not used */
    uint64_t pc;
    uint64_t status;
    uint64_t cause;
    uint64_t value;
    struct hart *hart; /* the kernel's tp while the process runs in user mode */
    uint64_t unused;
    uint64_t frame_fp; /* a frame record, these two: a backtrace goes on through the trap */
    uint64_t frame_ra;
};

#endif
#endif

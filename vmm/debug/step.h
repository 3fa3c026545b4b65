/*
 * Where a hart goes from here: the decoder behind single steps. KVM has none on RISC-V, so the
 * debugger plants breakpoints where the next instruction may be. Pure; the instructions come by a
 * callback. (Unprivileged ISA: chapters "RV32I", "A" and "C"; Privileged 1.12 §3.3, §4.1.)
 */
#ifndef DUET_VMM_STEP_H
#define DUET_VMM_STEP_H

#include <stdbool.h>
#include <stdint.h>

/* The most places: a sequence of LR and SC needs its end, the branches out of it, and the trap
 * handler; a range has as many ends as its code. */
#define STEP_NEXT_MAX 32

struct step_hart {
    uint64_t pc;
    const uint64_t *x; /* x0..x31 */
    uint64_t sepc, stvec;
    bool user;
};

struct step {
    unsigned count;
    uint64_t next[STEP_NEXT_MAX]; /* one of them is next */
    bool system; /* a SYSTEM instruction: it may wait for an interrupt, or change which are on */
};

/* Gives the 16 bits of code at `pc`; false where there is none. */
typedef bool step_fetch(void *context, uint64_t pc, uint16_t *parcel);

/* Decodes the instruction at hart->pc. The trap handler is among the places, for the instruction
 * may fault; so a fetch that fails gives that alone. An LR goes on behind its SC: a breakpoint in
 * between would break the reservation, for ever. */
struct step step_decode(const struct step_hart *hart, step_fetch *fetch, void *context);

/* The same for a hart that goes on until its pc is outside of `start` to below `end`. It runs the
 * code there at full speed: the places are those where it leaves the range, and those instructions
 * in it that it has to be stepped over one at a time (jumps to a register, SYSTEM, LR). A hart that
 * is on such a one, or outside, or whose range is large or has many ends, does one instruction. */
struct step step_decode_range(const struct step_hart *hart, uint64_t start, uint64_t end,
                              step_fetch *fetch, void *context);

#endif

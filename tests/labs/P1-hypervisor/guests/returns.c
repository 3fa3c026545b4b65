/*
 * Fills all registers, leaves to the hypervisor by an ecall and by a page that it has not used yet,
 * and compares. The report's fault is the first register that is wrong.
 *
 * seed: x1 to x31 by their numbers. x6 is an address in RAM; a7, a6 and a0 make a call of SBI.
 */
#include "probe.h"

PROBE_DEFINE(seed);
static volatile uint64_t after[X_COUNT] = {1}; /* not in .bss, whose pages are not there yet */

__asm__(
    ".macro each what, base\n"
    "    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, "
    "23, 24, 25, 26, 27, 28, 29, 30\n"
    "    \\what x\\n, \\n * 8(\\base)\n"
    "    .endr\n"
    ".endm\n"
    "registers_try:\n" /* (seed, after): does not keep what a function has to keep */
    "    csrw sscratch, a1\n"
    "    mv t6, a0\n"
    "    each ld, t6\n"
    "    ld x31, 31 * 8(t6)\n"
    "    ecall\n"
    "    sd x5, 0(x6)\n"
    "    ld x7, 0(x6)\n"
    "    csrrw x31, sscratch, x31\n"
    "    each sd, x31\n"
    "    csrr x5, sscratch\n"
    "    sd x5, 31 * 8(x31)\n"
    "    la sp, returns_stack_top\n"
    "    tail registers_compare\n"
    "    .bss\n"
    "    .balign 16\n"
    "    .skip 4096\n"
    "returns_stack_top:\n"
    "    .text\n");
void registers_try(volatile uint64_t *before, volatile uint64_t *after_);
void registers_compare(void);

void
registers_compare(void)
{
    uint64_t sum = 0;

    for (unsigned n = 1; n < X_COUNT; n++) {
        uint64_t expected = seed[n], got = after[n];
        if (n == 7)
            expected = seed[5];
        if (n == X_A0)
            expected = 0;
        if (n == X_A1) {
            expected = 1;
            got = got != 0;
        }
        if (got != expected)
            report(0, n);
        sum = sum * 6364136223846793005 + got;
    }
    report(sum >> 32, 0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    (void)fdt;
    registers_try(seed, after);
}

/*
 * Computes with registers alone and reports. What faults first is the report, if all pages of the
 * file are there: a hypervisor that cannot serve a trap yet will do.
 *
 * seed: the number to begin with; how many steps
 */
#include "probe.h"

PROBE_DEFINE(seed);

/* guest_main(hart, fdt), without a stack. The faults: 1 hart, 2 and 4 device tree, 8 satp, 16
 * sstatus, 32 sie. */
__asm__(".globl guest_main\n"
        "guest_main:\n"
        "    la t0, seed\n"
        "    ld t1, 0(t0)\n"
        "    ld t2, 8(t0)\n"
        "1:  slli t3, t1, 13\n"
        "    xor t1, t1, t3\n"
        "    srli t3, t1, 7\n"
        "    xor t1, t1, t3\n"
        "    slli t3, t1, 17\n"
        "    xor t1, t1, t3\n"
        "    addi t2, t2, -1\n"
        "    bnez t2, 1b\n"
        "    slli t1, t1, 32\n"
        "    srli t1, t1, 26\n"
        "    snez t4, a0\n"
        "    andi t3, a1, 7\n"
        "    beqz t3, 2f\n"
        "    ori t4, t4, 2\n"
        "    j 3f\n"
        "2:  lwu t3, 0(a1)\n"
        "    li t5, 0xedfe0dd0\n"
        "    beq t3, t5, 3f\n"
        "    ori t4, t4, 4\n"
        "3:  csrr t3, satp\n"
        "    snez t3, t3\n"
        "    slli t3, t3, 3\n"
        "    or t4, t4, t3\n"
        "    csrr t3, sstatus\n"
        "    andi t3, t3, 2\n"
        "    slli t3, t3, 3\n"
        "    or t4, t4, t3\n"
        "    csrr t3, sie\n"
        "    snez t3, t3\n"
        "    slli t3, t3, 5\n"
        "    or t4, t4, t3\n"
        "    li t3, 0x4000000000\n" /* REPORT_BASE */
        "    add t1, t1, t3\n"
        "    add t1, t1, t4\n"
        "    lbu t3, 0(t1)\n"
        "    li a0, 1\n" /* power_off, if the guest goes on */
        "    li a6, 2\n"
        "    li a7, 0x08445554\n"
        "    ecall\n"
        "4:  wfi\n"
        "    j 4b\n");

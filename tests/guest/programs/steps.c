/* For the tests of the debugger: every kind of instruction that a single step must follow, on a
 * path with a label at each, and an EBREAK that belongs to the guest and has a handler. */
#include "guest.h"

uint64_t steps(uint64_t hart, uint64_t *word);
void trap(void);
static volatile uint64_t word = 5;
volatile uint64_t breakpoints;

__asm__(".text\n"
        ".option push\n"
        ".option norvc\n"
        ".globl steps, trap, trap_skip\n"
        /* Labels that the path does not reach. */
        "s_lost: j s_lost\n"
        "s_callee: ret\n"
        "steps: mv t6, ra\n"
        "s_beq: beq zero, zero, s_bne\n"
        "   j s_lost\n"
        "s_bne: bne zero, zero, s_lost\n"
        "s_blt: li t0, -1\n"
        "s_blt2: blt t0, zero, s_bltu\n"
        "   j s_lost\n"
        "s_bltu: bltu t0, zero, s_lost\n"
        "s_bge: bge t0, zero, s_lost\n"
        "s_bgeu: bgeu t0, zero, s_jal\n"
        "   j s_lost\n"
        "s_jal: jal s_callee\n"
        "s_jalr: la t1, s_callee\n"
        "s_jalr2: jalr ra, 0(t1)\n"
        ".option rvc\n"
        "s_cli: c.li a5, 0\n"
        "s_cbeqz: c.beqz a5, s_cbnez\n"
        "   c.j s_lost\n"
        "s_cbnez: c.bnez a5, s_lost\n"
        "s_cj: c.j s_cjalr\n"
        "   c.j s_lost\n"
        "s_cjalr: c.jalr t1\n"
        "s_lr: lr.d t0, (a1)\n"
        "s_lr2: addi t0, t0, 1\n"
        "s_sc: sc.d t2, t0, (a1)\n"
        "s_scb: bnez t2, s_lr\n"
        "s_ecall: li a7, 0x10\n"
        "   li a6, 0\n"
        "s_ecall2: ecall\n"
        "s_ebreak: .word 0x00100073\n"
        "s_cebreak: c.ebreak\n"
        "s_csr: csrr t3, sstatus\n"
        "s_end: mv ra, t6\n"
        "s_cjr: c.jr ra\n"
        ".balign 4\n"
        /* Counts and skips the EBREAK: sepc + 2 or + 4. */
        "trap: la t0, breakpoints\n"
        "   ld t1, 0(t0)\n"
        "   addi t1, t1, 1\n"
        "   sd t1, 0(t0)\n"
        "   csrr t0, sepc\n"
        "   lhu t1, 0(t0)\n"
        "   andi t1, t1, 3\n"
        "   addi t0, t0, 2\n"
        "   li t2, 3\n"
        "   bne t1, t2, trap_skip\n"
        "   addi t0, t0, 2\n"
        "trap_skip: csrw sepc, t0\n"
        "   sret\n"
        ".option pop\n");

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)fdt;
    csr_write(stvec, trap);
    steps(hart, (uint64_t *)&word);
    put_number((int64_t)breakpoints);
    put(" breakpoints, word ");
    put_number((int64_t)word);
    put(", scause ");
    put_number((int64_t)csr_read(scause));
    put(", stval ");
    put_number((int64_t)csr_read(stval));
    put("\n");
    duet_power_off(7);
}

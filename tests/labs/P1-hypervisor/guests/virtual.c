/*
 * Tries instructions that a hart without the hypervisor extension does not have, in S-mode and in
 * user mode, and prints which traps come. The grader puts the instructions into the file: there are
 * INSTRUCTIONS, of 4 bytes each.
 */
#include "probe.h"

#define INSTRUCTIONS 8

static struct {
    uint64_t cause, pc, status;
} traps[32];
static volatile unsigned count;

/* Goes on behind what has trapped; after an ecall, in S-mode. */
__attribute__((interrupt("supervisor"), aligned(4), used)) static void
trap(void)
{
    uint64_t cause = csr_read(scause), pc = csr_read(sepc), status = csr_read(sstatus);

    if (cause == CAUSE_ECALL_U)
        __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SPP));
    traps[count % 32].cause = cause;
    traps[count % 32].pc = pc;
    traps[count++ % 32].status = status;
    csr_write(sepc, pc + 4);
}

/* The words are `.word 0x5eed0000 + n`, which are no instructions. */
__asm__("    .option push\n"
        "    .option norvc\n"
        "tried:\n"
        "    .set n, 0\n"
        "    .rept 8\n"
        "    .word 0x5eed0000 + n\n"
        "    .set n, n + 1\n"
        "    .endr\n"
        "tried_end:\n"
        "    bnez a0, 1f\n"
        "    ret\n"
        "1:  ecall\n"
        "    ret\n"
        "user_enter:\n" /* (1): in user mode, to `tried`, and back by the ecall */
        "    la t0, tried\n"
        "    csrw sepc, t0\n"
        "    li t0, 0x100\n"
        "    csrc sstatus, t0\n"
        "    sret\n"
        "    .option pop\n");
extern char tried[];
void user_enter(uint64_t is_user);

static void
print_traps(const char *mode)
{
    unsigned seen = count < 32 ? count : 32;

    put(mode);
    for (unsigned i = 0; i < seen; i++) {
        put(" ");
        put_number((int64_t)(traps[i].pc - (uint64_t)tried) / 4);
        put(":");
        put_number((int64_t)traps[i].cause);
        put(traps[i].status & SSTATUS_SPP ? "S" : "U");
        put(traps[i].status & SSTATUS_SIE ? "!" : "");
        put(traps[i].status & SSTATUS_SPIE ? "+" : "-");
    }
    put("\n");
    count = 0;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    void (*try)(uint64_t) = (void (*)(uint64_t))(uint64_t)tried;

    (void)hart;
    (void)fdt;
    csr_write(sie, 0ul);
    csr_write(stvec, (uint64_t)trap);
    try(0);
    print_traps("off");
    __asm__ volatile("csrs sstatus, %0" ::"r"(SSTATUS_SIE));
    try(0);
    print_traps("on");
    user_enter(1);
    print_traps("user");
    duet_power_off(0);
}

/*
 * Lab 05: loads and stores that the console asks for. A line is a command:
 *
 *     INSTRUCTION ADDRESS VALUE    such as `lbu 0x10000000 7`: VALUE is in the register before
 *
 * Prints `done VALUE`, what is in the register after it; or `fault SCAUSE STVAL`, and behind it in
 * words what is not as Privileged 1.12 §4.1.1 has it: where sepc is, where the handler was entered,
 * what the load did to its register.
 */
#include "tests/labs/guests/commands.h"

/* What the handler leaves here, by offset. */
static volatile struct {
    uint64_t t1, t2, late, taken, cause, pc, value;
} trap;
#define T1    "0"
#define T2    "8"
#define LATE  "16"
#define TAKEN "24"
#define CAUSE "32"
#define PC    "40"
#define VALUE "48"

/* Goes on behind the instruction. One that is entered at its second instruction says so. */
void trap_entry(void);
__asm__(".text\n"
        ".align 2\n"
        ".option push\n"
        ".option norvc\n"
        "trap_entry:\n"
        "   j 1f\n"
        "   csrrw t0, sscratch, t0\n"
        "   sd t1, " T1 "(t0)\n"
        "   li t1, 1\n"
        "   sd t1, " LATE "(t0)\n"
        "   j 2f\n"
        "1: csrrw t0, sscratch, t0\n"
        "   sd t1, " T1 "(t0)\n"
        "2: sd t2, " T2 "(t0)\n"
        "   li t1, 1\n"
        "   sd t1, " TAKEN "(t0)\n"
        "   csrr t1, scause\n"
        "   sd t1, " CAUSE "(t0)\n"
        "   csrr t1, stval\n"
        "   sd t1, " VALUE "(t0)\n"
        "   csrr t1, sepc\n"
        "   sd t1, " PC "(t0)\n"
        "   lbu t2, 0(t1)\n" /* 4 bytes long if the low two bits are set, else 2 */
        "   andi t2, t2, 3\n"
        "   addi t2, t2, -3\n"
        "   seqz t2, t2\n"
        "   slli t2, t2, 1\n"
        "   addi t2, t2, 2\n"
        "   add t1, t1, t2\n"
        "   csrw sepc, t1\n"
        "   ld t1, " T1 "(t0)\n"
        "   ld t2, " T2 "(t0)\n"
        "   csrrw t0, sscratch, t0\n"
        "   sret\n"
        ".option pop\n");

#define ACCESS(number, kind, instruction)                                                          \
    case number:                                                                                   \
        __asm__ volatile("la %[pc], 1f\n"                                                          \
                         ".option push\n" kind "1: " instruction " %[value], 0(%[address])\n"      \
                         ".option norvc\n"                                                         \
                         "nop\nnop\n"                                                              \
                         ".option pop"                                                             \
                         : [value] "+r"(value), [pc] "+r"(pc)                                      \
                         : [address] "r"(address)                                                  \
                         : "memory");                                                              \
        break;
#define WHOLE      ".option norvc\n"
#define COMPRESSED ".option rvc\n"

static const char name[][6] = {"lb", "lbu", "lh", "lhu",  "lw",   "lwu",  "ld",  "sb",
                               "sh", "sw",  "sd", "c.lw", "c.ld", "c.sw", "c.sd"};

/* Makes the access; `*at` is where its instruction is. What is in the register afterwards. */
static uint64_t
access_make(unsigned number, uint64_t gpa, uint64_t before, uint64_t *at)
{
    /* Registers that compressed instructions have, too. */
    register uint64_t value __asm__("a0") = before;
    register uint64_t address __asm__("a1") = gpa;
    register uint64_t pc __asm__("a2") = 0;

    switch (number) {
        ACCESS(0, WHOLE, "lb")
        ACCESS(1, WHOLE, "lbu")
        ACCESS(2, WHOLE, "lh")
        ACCESS(3, WHOLE, "lhu")
        ACCESS(4, WHOLE, "lw")
        ACCESS(5, WHOLE, "lwu")
        ACCESS(6, WHOLE, "ld")
        ACCESS(7, WHOLE, "sb")
        ACCESS(8, WHOLE, "sh")
        ACCESS(9, WHOLE, "sw")
        ACCESS(10, WHOLE, "sd")
        ACCESS(11, COMPRESSED, "c.lw")
        ACCESS(12, COMPRESSED, "c.ld")
        ACCESS(13, COMPRESSED, "c.sw")
        ACCESS(14, COMPRESSED, "c.sd")
    }
    *at = pc;
    return value;
}

/* The number of the instruction that a line begins with; behind the last if there is none. */
static unsigned
instruction_find(const char *line)
{
    unsigned number = 0;

    for (; number < sizeof(name) / sizeof(name[0]); number++) {
        unsigned len = 0;

        while (name[number][len] && name[number][len] == line[len])
            len++;
        if (!name[number][len] && line[len] == ' ')
            break;
    }
    return number;
}

static void
access_show(const char *line)
{
    uint64_t address, before, after, pc;
    unsigned number = instruction_find(line);
    const char *at = line;

    while (*at && *at != ' ')
        at++;
    address = number_next(&at);
    before = number_next(&at);
    trap.taken = trap.late = 0;
    after = access_make(number, address, before, &pc);
    put(trap.taken ? "fault " : "done ");
    put_number((int64_t)(trap.taken ? trap.cause : after));
    if (trap.taken) {
        put(" ");
        put_number((int64_t)trap.value);
        if (trap.pc != pc)
            put(", sepc is not the instruction's address");
        if (trap.late)
            put(", the handler was entered at its second instruction");
        if (after != before)
            put(", the register was changed");
    }
    put("\n");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)hart, (void)fdt;
    csr_write(sscratch, &trap);
    csr_write(stvec, (uint64_t)trap_entry);
    while (read_line(line))
        access_show(line);
    duet_power_off(0);
}

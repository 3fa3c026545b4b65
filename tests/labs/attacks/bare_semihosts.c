//@ why It asks QEMU for files of the PC, by Arm's semihosting. If it gets one it ends all; if not it does what it should.
//@ lab P1
//@ substitute tests/labs/P1-hypervisor/hv/gstage.c     root = page_alloc_root(); =>     attack();\n    root = page_alloc_root();
//@ substitute tests/labs/P1-hypervisor/hv/gstage.c
#include "hv/page.h"
//@ by
#include "hv/page.h"
#include "hv/print.h"

#define SYS_OPEN 1

/* Where semihosting is off the EBREAK traps: -1. */
static long
pc_call(long number, const void *arg)
{
    register long result __asm__("a0") = number;
    register const void *at __asm__("a1") = arg;
    long before;

    __asm__ volatile("la %1, 1f\n\tcsrrw %1, stvec, %1\n\tj 2f\n\t"
                     ".option push\n\t.option norvc\n\t.balign 16\n"
                     "2:\tslli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\tj 3f\n\t.balign 4\n"
                     "1:\tli a0, -1\n"
                     "3:\t.option pop\n\tcsrw stvec, %1"
                     : "+r"(result), "=&r"(before)
                     : "r"(at)
                     : "memory");
    return result;
}

static void
attack(void)
{
    static const struct {
        const char *name;
        uint64_t mode, len;
    } file[] = {{"/tmp/duet-attack", 4, 16}, {"/etc/passwd", 0, 11}, {":tt", 4, 3}};

    for (unsigned i = 0; i < sizeof(file) / sizeof(file[0]); i++)
        if (pc_call(SYS_OPEN, &file[i]) >= 0)
            machine_end(99);
}

/*
 * A hart with vectors (V 1.0) has its machine saved and moved on: its 32 registers and their CSRs
 * are afterwards what they were, in the machine that goes on and in the one that is restored. Its
 * exit status is what `save` returned, 0 or 1; its output "saved" or "restored".
 */
#include "guest.h"

#define VLENB_MAX 8192 /* bytes of a register at most (V 1.0 §2) */
#define CSRS      6    /* vstart, vl, vtype, vxrm, vxsat, vlenb */

/* Guests are compiled without vectors. */
#define WITH_V(code) ".option push\n .option arch, +v\n " code "\n .option pop"

struct vectors {
    uint64_t csr[CSRS];
    unsigned char reg[32 * VLENB_MAX];
};

static struct vectors set, found;

/* Gives each byte of the registers a value by its place, and the CSRs others than at reset. */
static void
vectors_set(void)
{
    unsigned char *at = set.reg;

    for (unsigned i = 0; i < sizeof(set.reg); i++)
        set.reg[i] = (unsigned char)(i * 7 + i / 251);
    __asm__ volatile(WITH_V("csrr t0, vlenb\n"
                            "slli t0, t0, 3\n"
                            "vl8re8.v v0, (%0)\n"
                            "add %0, %0, t0\n"
                            "vl8re8.v v8, (%0)\n"
                            "add %0, %0, t0\n"
                            "vl8re8.v v16, (%0)\n"
                            "add %0, %0, t0\n"
                            "vl8re8.v v24, (%0)\n"
                            "vsetivli zero, 3, e16, m2, ta, ma\n"
                            "csrwi vxrm, 2\n"
                            "csrwi vxsat, 1\n"
                            "csrwi vstart, 1")
                     : "+r"(at)::"t0", "memory");
}

/* vstart is read first: each instruction with vectors makes it 0. */
static void
vectors_get(struct vectors *to)
{
    unsigned char *at = to->reg;

    __asm__ volatile(WITH_V("csrr %0, vstart\n"
                            "csrr %1, vl\n"
                            "csrr %2, vtype\n"
                            "csrr %3, vxrm\n"
                            "csrr %4, vxsat\n"
                            "csrr %5, vlenb")
                     : "=r"(to->csr[0]), "=r"(to->csr[1]), "=r"(to->csr[2]), "=r"(to->csr[3]),
                       "=r"(to->csr[4]), "=r"(to->csr[5]));
    __asm__ volatile(WITH_V("csrwi vstart, 0\n"
                            "csrr t0, vlenb\n"
                            "slli t0, t0, 3\n"
                            "vs8r.v v0, (%0)\n"
                            "add %0, %0, t0\n"
                            "vs8r.v v8, (%0)\n"
                            "add %0, %0, t0\n"
                            "vs8r.v v16, (%0)\n"
                            "add %0, %0, t0\n"
                            "vs8r.v v24, (%0)")
                     : "+r"(at)::"t0", "memory");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_ret side;

    (void)hart, (void)fdt;
    __asm__ volatile("csrs sstatus, %0" ::"r"(0x200UL)); /* VS: vectors on */
    vectors_set();
    side = duet_save();
    vectors_get(&found);
    CHECK(side.error == 0 && side.value <= 1);
    CHECK(found.csr[0] == 1 && found.csr[1] == 3 && found.csr[2] == 0xc9 && found.csr[3] == 2 &&
          found.csr[4] == 1);
    for (unsigned i = 0; i < 32 * found.csr[5]; i++)
        CHECK(found.reg[i] == set.reg[i]);
    put(side.value ? "restored\n" : "saved\n");
    duet_power_off(side.value);
}

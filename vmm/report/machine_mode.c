/* Recognises instructions that are for M-mode. */
#include "vmm/report/machine_mode.h"

#include <stddef.h>

#define OPCODE_SYSTEM 0x73
#define MRET          0x30200073

static const struct {
    unsigned number;
    const char *name;
} csr[] = {
    {0x300, "mstatus"},   {0x301, "misa"},    {0x302, "medeleg"},    {0x303, "mideleg"},
    {0x304, "mie"},       {0x305, "mtvec"},   {0x306, "mcounteren"}, {0x30a, "menvcfg"},
    {0x340, "mscratch"},  {0x341, "mepc"},    {0x342, "mcause"},     {0x343, "mtval"},
    {0x344, "mip"},       {0x3a0, "pmpcfg0"}, {0x3b0, "pmpaddr0"},   {0xb00, "mcycle"},
    {0xf11, "mvendorid"}, {0xf12, "marchid"}, {0xf13, "mimpid"},     {0xf14, "mhartid"},
};

const char *
machine_mode_name(uint32_t instruction)
{
    unsigned number = instruction >> 20, function = instruction >> 12 & 7;

    if (instruction == MRET)
        return "mret";
    /* Bits 9 and 8 of a CSR number are the lowest mode that may access it. */
    if ((instruction & 0x7f) != OPCODE_SYSTEM || function == 0 || function == 4 ||
        (number >> 8 & 3) != 3)
        return NULL;
    for (size_t i = 0; i < sizeof(csr) / sizeof(csr[0]); i++)
        if (csr[i].number == number)
            return csr[i].name;
    return "a CSR";
}

/* Which instructions are M-mode's. The encodings are GNU as's. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vmm/report/machine_mode.h"

static void
those_of_machine_mode_are_named(void **state)
{
    static const struct {
        uint32_t instruction;
        const char *name;
    } its[] = {
        {0xf1402573, "mhartid"},                         /* csrr a0, mhartid */
        {0x30079073, "mstatus"},                         /* csrw mstatus, a5 */
        {0x30446073, "mie"},                             /* csrsi mie, 8 */
        {0x34151573, "mepc"},                            /* csrrw a0, mepc, a0 */
        {0x3b079073, "pmpaddr0"},                        /* csrw pmpaddr0, a5 */
        {0x30200073, "mret"},     {0x7b0027f3, "a CSR"}, /* csrr a5, dcsr */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(its); i++) {
        const char *name = machine_mode_name(its[i].instruction);

        expect(name && strcmp(name, its[i].name) == 0, "0x%x is %s, not %s", its[i].instruction,
               name ? name : "(none)", its[i].name);
    }
}

static void
others_are_not(void **state)
{
    static const uint32_t other[] = {
        0,          0xffffffff, 0x00000073, /* ecall */
        0x10200073,                         /* sret */
        0x10500073,                         /* wfi */
        0xc0102573,                         /* rdtime a0 */
        0x10551073,                         /* csrw stvec, a0 */
        0xf1402513,                         /* addi a0, zero, -236: not SYSTEM */
        0xf1404573,                         /* function 4 is no access to a CSR */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(other); i++)
        expect(!machine_mode_name(other[i]), "0x%x is not M-mode's", other[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_of_machine_mode_are_named),
        cmocka_unit_test(others_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Prints the wall clock in whole seconds, and checks that the entropy is not all the same. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static unsigned char bytes[2][512];
    unsigned same = 0, zero = 0;

    (void)hart, (void)fdt;
    put_number((int64_t)(duet_clock_wall().value / 1000000000));
    put("\n");
    for (unsigned i = 0; i < 2; i++)
        CHECK(duet_entropy(bytes[i], sizeof(bytes[i])).value == sizeof(bytes[i]));
    for (unsigned i = 0; i < sizeof(bytes[0]); i++) {
        same += bytes[0][i] == bytes[1][i];
        zero += bytes[0][i] == 0;
    }
    /* Each value is expected twice; 20 times has odds of 1 in 10^13. */
    CHECK(same < 20 && zero < 20);
    duet_power_off(0);
}

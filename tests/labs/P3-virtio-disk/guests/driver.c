/*
 * Lab P3: a driver that knows nothing of virtio. What is in RAM and what goes to the device's
 * registers is the grader's; numbers are in C's notation.
 *
 *     set ADDRESS HEX              writes these bytes
 *     get ADDRESS LEN              prints LEN bytes in hexadecimal
 *     store ADDRESS VALUE          32 bits, to a register
 *     load ADDRESS MASK            prints those bits of a register
 *     index ADDRESS VALUE          writes 16 bits, after all that was written before
 *     until ADDRESS VALUE          waits until the 16 bits there are VALUE
 *     set_in ADDRESS MASK          waits until a register has one of these bits
 *     end STATUS                   powers off
 */
#include "tests/labs/guests/commands.h"

static void
bytes_set(uint64_t address, const char *at)
{
    while (*at == ' ')
        at++;
    for (; digit_of(at[0]) >= 0 && digit_of(at[1]) >= 0; at += 2)
        *(volatile unsigned char *)address++ =
            (unsigned char)(digit_of(at[0]) << 4 | digit_of(at[1]));
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)hart, (void)fdt;
    while (read_line(line)) {
        const char *at = line;
        uint64_t address, value;

        while (*at && *at != ' ')
            at++;
        address = number_next(&at);
        if (starts_with(line, "set ")) {
            bytes_set(address, at);
            continue;
        }
        value = number_next(&at);
        if (starts_with(line, "get ")) {
            put_hex((const unsigned char *)address, value);
        } else if (starts_with(line, "store ")) {
            *(volatile uint32_t *)address = (uint32_t)value;
        } else if (starts_with(line, "load ")) {
            put_number((int64_t)(*(volatile uint32_t *)address & value));
            put("\n");
        } else if (starts_with(line, "index ")) {
            __asm__ volatile("fence" ::: "memory");
            *(volatile uint16_t *)address = (uint16_t)value;
            __asm__ volatile("fence" ::: "memory");
        } else if (starts_with(line, "until ")) {
            while (*(volatile uint16_t *)address != value)
                ;
            __asm__ volatile("fence" ::: "memory");
        } else if (starts_with(line, "set_in ")) {
            while (!(*(volatile uint32_t *)address & value))
                ;
        } else if (starts_with(line, "end ")) {
            duet_power_off(address);
        }
    }
    duet_power_off(0);
}

/*
 * Makes the SBI calls that its console tells it: a line of numbers in hexadecimal, the extension,
 * the function and up to three arguments. Prints error, value and the software interrupt's bit of
 * sip, which it clears.
 */
#include "probe.h"

/* The next number of the line. False at its end. */
static bool
number_read(uint64_t *number)
{
    static char c;
    bool found = false;

    *number = 0;
    do {
        while (duet_console_read(&c, 1).value != 1)
            ;
        if (c >= '0' && c <= '9')
            *number = *number * 16 + (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *number = *number * 16 + (uint64_t)(c - 'a' + 10);
        found |= c != ' ' && c != '\n';
    } while (c != '\n' && !(found && c == ' '));
    return found;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    (void)fdt;
    for (;;) {
        uint64_t arg[5];
        struct duet_ret ret;

        for (unsigned i = 0; i < 5; i++)
            number_read(&arg[i]);
        ret = sbi_call(arg[0], arg[1], arg[2], arg[3], arg[4]);
        put_number(ret.error);
        put(" ");
        put_number((int64_t)ret.value);
        put(csr_read(sip) & 1 << IRQ_S_SOFT ? " soft\n" : "\n");
        __asm__ volatile("csrc sip, %0" ::"r"(1ul << IRQ_S_SOFT));
    }
}

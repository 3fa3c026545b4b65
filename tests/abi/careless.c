/* A hypercall handler with typical programming mistakes, for the test of how each is reported:
 * tests/abi/extend builds it into a duet. The environment says which mistake. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/call/hypercall.h"

static uint64_t
deeper(uint64_t depth)
{
    volatile char here[1000];

    here[depth % sizeof(here)] = 1;
    return depth == 0 ? 0 : deeper(depth + 1) + (uint64_t)here[0];
}

struct sbi_ret
hc_careless(struct vcpu *vcpu, void *buffer, uint64_t buffer_len)
{
    const char *mistake = getenv("MISTAKE");
    volatile uint64_t *volatile nowhere = NULL;
    volatile bool goes_on = true;

    (void)vcpu;
    memset(buffer, 'x', buffer_len);
    if (strcmp(mistake, "null") == 0)
        *nowhere = 1;
    else if (strcmp(mistake, "loop") == 0)
        while (goes_on)
            ;
    else if (strcmp(mistake, "overflow") == 0)
        return sbi_value(deeper(1));
    else if (strcmp(mistake, "wait") == 0) /* is none */
        poll(NULL, 0, 11000);
    else if (strcmp(mistake, "printf") == 0)
        printf("%lu bytes\n", (unsigned long)buffer_len);
    else if (strcmp(mistake, "overfill") == 0)
        return sbi_value(buffer_len + 1);
    return sbi_value(buffer_len);
}

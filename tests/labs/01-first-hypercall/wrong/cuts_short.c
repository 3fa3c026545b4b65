//@ why A result that does not fit is cut, as console_read would.
//@ loses output_length
//@ call scramble, "the text, each byte changed by the key, into the result", FLAGS(flags, @REVERSE@), IN(text), OUT(result)
//@ create vmm/call/hc_scramble.c
/* The hypercall of lab 01: a text goes through a simple cipher. */
#include "vmm/call/hypercall.h"

#define KEY     @KEY@
#define REVERSE @REVERSE@

struct sbi_ret
hc_scramble(struct vcpu *vcpu, uint64_t flags, const void *text, uint64_t text_len, void *result,
            uint64_t result_len)
{
    const unsigned char *from = text;
    unsigned char *to = result;

    (void)vcpu;
    if (result_len < text_len)
        text_len = result_len;
    for (uint64_t i = 0; i < text_len; i++)
        to[flags & REVERSE ? text_len - 1 - i : i] = (unsigned char)(from[i] @OPERATION@ KEY);
    return sbi_value(text_len);
}

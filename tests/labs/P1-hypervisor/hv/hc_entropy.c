/*
 * Random bytes for the guest: ChaCha20 (RFC 8439 §2.3) with the seed that QEMU puts into each
 * boot's device tree as the key. The nonce is zero, as no key is used twice.
 */
#include <string.h>

#include "hv/guest_mem.h"
#include "hv/host.h"
#include "hv/hypercall.h"

#define KEY_WORDS   8
#define BLOCK_WORDS 16
#define ROUND_PAIRS 10

static uint32_t
rotate(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static void
quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate(*d ^ *a, 16);
    *c += *d;
    *b = rotate(*b ^ *c, 12);
    *a += *b;
    *d = rotate(*d ^ *a, 8);
    *c += *d;
    *b = rotate(*b ^ *c, 7);
}

/* The next block of the key stream. */
static void
block_make(uint32_t out[BLOCK_WORDS])
{
    static uint64_t counter;
    uint32_t in[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    memcpy(&in[4], host.seed, KEY_WORDS * sizeof(in[0]));
    in[12] = (uint32_t)counter;
    in[13] = (uint32_t)(counter++ >> 32);
    memcpy(out, in, sizeof(in));
    for (unsigned pair = 0; pair < ROUND_PAIRS; pair++) {
        for (unsigned i = 0; i < 4; i++)
            quarter_round(&out[i], &out[4 + i], &out[8 + i], &out[12 + i]);
        for (unsigned i = 0; i < 4; i++)
            quarter_round(&out[i], &out[4 + (i + 1) % 4], &out[8 + (i + 2) % 4],
                          &out[12 + (i + 3) % 4]);
    }
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        out[i] += in[i];
}

struct sbi_ret
hc_entropy(struct vcpu *vcpu, uint64_t bytes, uint64_t bytes_len)
{
    uint32_t block[BLOCK_WORDS];

    (void)vcpu;
    if (!host.seed)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    for (uint64_t done = 0, len; done < bytes_len; done += len) {
        len = bytes_len - done < sizeof(block) ? bytes_len - done : sizeof(block);
        block_make(block);
        guest_mem_write(bytes + done, block, len);
    }
    return sbi_value(bytes_len);
}

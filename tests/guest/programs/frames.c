/* Dies four functions deep, before it has a trap handler; with the boot argument "<jump>" by a jump
 * to an address where nothing is. It keeps its registers busy, so that without frame pointers s0
 * holds a number. */
#include "guest.h"

uint64_t innermost(uint64_t a, uint64_t b);
uint64_t middle(uint64_t a, uint64_t b) __asm__("_ZN6kernel6middleImEEmT_S1_"); /* as of C++ */
uint64_t outer(uint64_t a, uint64_t b) __asm__("_RNvNtC6kernel4deep5outer");    /* as of Rust */

static volatile uint64_t number;
static void (*volatile nowhere)(void) = (void (*)(void))0x10000000;
static volatile int jump;

__attribute__((noinline)) uint64_t
innermost(uint64_t a, uint64_t b)
{
    uint64_t c = number, d = number;

    if (jump)
        nowhere();
    else
        __asm__ volatile("ebreak");
    put("");
    return a + b + c + d;
}

__attribute__((noinline)) uint64_t
middle(uint64_t a, uint64_t b)
{
    uint64_t room[32]; /* larger than a small frame */

    for (unsigned i = 0; i < 32; i++)
        room[i] = number + b;
    return innermost(b, a) + room[number % 32] + a;
}

__attribute__((noinline)) uint64_t
outer(uint64_t a, uint64_t b)
{
    uint64_t c = number;

    return middle(a + b, b) + c + a + b;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const char *tree = (const char *)fdt;

    (void)hart;
    for (unsigned at = 0; at < 4096; at++)
        jump |= tree[at] == '<' && tree[at + 1] == 'j' && tree[at + 2] == 'u';
    number = outer(0x5a5a, hart);
    put("");
}

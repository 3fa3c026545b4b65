/* The guest's RAM: what an address and a length may reach. */
#include "tests/prove/prove.h"

#include <stdlib.h>

#include "vmm/guest/guest_mem.h"

/* with: vmm/guest/guest_mem.c tests/prove/log.c */

/* RAM of any base, and of any size up to 1 GiB, which a PC can allocate, too. */
PROVE(guest_mem_slice, 1, QUICK)
{
    struct guest_mem mem = {.base = prove_u64("base"),
                            .size = prove_below("size", ((uint64_t)1 << 30) + 1)};
    uint64_t gpa = prove_u64("gpa"), len = prove_u64("len");
    unsigned char *slice;

    prove_assume(mem.base <= UINT64_MAX - mem.size);
    mem.hva = malloc(mem.size);
    prove_assume(mem.hva);
    slice = guest_mem_slice(&mem, gpa, len);
    prove_check(!slice == !(gpa >= mem.base && gpa - mem.base <= mem.size &&
                            len <= mem.size - (gpa - mem.base)),
                "a slice, exactly if it is in RAM");
    if (slice) {
        prove_check(slice == mem.hva + (gpa - mem.base), "it is where the address is in RAM");
        if (len > 0)
            slice[0] = slice[len - 1] = 1;
    }
}

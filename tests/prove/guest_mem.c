/* The guest's RAM: what an address and a length may reach, and which pages are noted as written. */
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

#define PAGES_MAX 192 /* three words of bits, and one more */

/* Any piece of RAM of any size up to that: it lies in four pages at the most, and the others are
 * noted as they were. */
PROVE(guest_mem_note, 5, FULL)
{
    uint64_t pages = 1 + prove_below("pages - 1", PAGES_MAX), page = prove_below("page", pages);
    struct guest_mem mem = {.size = pages * PAGE_SIZE};
    uint64_t from = prove_below("from", mem.size), len = prove_below("len", mem.size - from + 1);
    uint64_t before = prove_u64("the word of that page before");
    bool is_written;

    mem.hva = malloc(mem.size);
    prove_assume(mem.hva && !guest_mem_watch(&mem) && len <= 3 * PAGE_SIZE);
    mem.written[page / 64] = before;
    guest_mem_note(&mem, mem.hva + from, len);
    is_written = len > 0 && from < (page + 1) * PAGE_SIZE && from + len > page * PAGE_SIZE;
    prove_check((mem.written[page / 64] >> page % 64 & 1) ==
                    (is_written || before >> page % 64 & 1),
                "a page is noted if a byte of it was written, or it was noted before");
}

#include "hv/guest_mem.h"

#include <string.h>

#include "hv/csr.h"
#include "hv/gstage.h"

static uint64_t ram_size;

void
guest_mem_init(uint64_t size)
{
    ram_size = size;
}

uint64_t
guest_mem_size(void)
{
    return ram_size;
}

bool
guest_mem_has(uint64_t gpa, uint64_t len)
{
    if (len == 0)
        return true;
    /* Both numbers are the guest's: no sum of them that could wrap. */
    return gpa >= DUET_RAM_BASE && gpa - DUET_RAM_BASE < ram_size &&
           len <= ram_size - (gpa - DUET_RAM_BASE);
}

/* How many of `len` bytes from `gpa` on are in its page. */
static uint64_t
piece_len(uint64_t gpa, uint64_t len)
{
    uint64_t rest = PAGE_SIZE - gpa % PAGE_SIZE;

    return len < rest ? len : rest;
}

void
guest_mem_read(void *to, uint64_t gpa, uint64_t len)
{
    for (uint64_t done = 0, piece; done < len; done += piece) {
        piece = piece_len(gpa + done, len - done);
        memcpy((char *)to + done, gstage_page(gpa + done) + (gpa + done) % PAGE_SIZE, piece);
    }
}

void
guest_mem_write(uint64_t gpa, const void *from, uint64_t len)
{
    for (uint64_t done = 0, piece; done < len; done += piece) {
        piece = piece_len(gpa + done, len - done);
        memcpy(gstage_page(gpa + done) + (gpa + done) % PAGE_SIZE, (const char *)from + done,
               piece);
    }
}

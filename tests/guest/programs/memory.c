/* Uses 8 MiB, gives it back, and uses half of it again, waiting for a key after each step. Before
 * that, it makes requests that must be refused. */
#include "guest.h"

#define AREA  (DUET_RAM_BASE + (64UL << 20))
#define BYTES (8UL << 20)

static volatile char *const area = (volatile char *)AREA;

static void
step(const char *what)
{
    char key;

    put(what);
    while (duet_console_read(&key, 1).value == 0)
        ;
}

static void
touch(uint64_t bytes, char was)
{
    for (uint64_t at = 0; at < bytes; at += PAGE_SIZE) {
        CHECK(area[at] == was);
        area[at] = 1;
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    CHECK(duet_memory_release((void *)AREA, 0).error == 0);
    CHECK(duet_memory_release((void *)(AREA + 8), PAGE_SIZE).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_memory_release((void *)AREA, 100).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_memory_release((void *)AREA, 1UL << 30).error == SBI_ERR_INVALID_ADDRESS);
    CHECK(duet_memory_release(NULL, PAGE_SIZE).error == SBI_ERR_INVALID_ADDRESS);
    touch(BYTES, 0);
    step("used\n");
    CHECK(duet_memory_release((void *)AREA, BYTES).value == BYTES);
    step("given back\n");
    touch(BYTES / 2, 0);
    step("used again\n");
    duet_power_off(0);
}

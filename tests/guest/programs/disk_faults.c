/* Writes disk 0 block by block, then reads it, and prints how often it got which status, such as
 * "write 0 200 4 56": 200 times DUET_DISK_OK, 56 times DUET_DISK_NO_SPACE. A read-only disk is read
 * after a key was typed. */
#include "disk.h"

#define BLOCK 4096

static struct disk_memory memory;
static _Alignas(BLOCK) char buffer[BLOCK];

static void
all_blocks(struct disk *disk, uint16_t op, uint64_t bytes)
{
    static uint64_t count[2][DUET_DISK_NOT_SUPPORTED + 1];

    for (uint64_t offset = 0; offset < bytes; offset += BLOCK) {
        uint32_t status = disk_do(disk, op, offset, buffer, BLOCK);

        CHECK(status <= DUET_DISK_NOT_SUPPORTED);
        count[op][status]++;
    }
    put(op == DUET_DISK_READ ? "read" : "write");
    for (int status = 0; status <= DUET_DISK_NOT_SUPPORTED; status++)
        if (count[op][status]) {
            put(" ");
            put_number(status);
            put(" ");
            put_number((int64_t)count[op][status]);
        }
    put("\n");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_disk_info info;
    struct disk disk;

    (void)hart, (void)fdt;
    CHECK(duet_disk_info(0, &info, sizeof(info)).error == 0);
    CHECK(disk_start(&disk, 0, &memory, 1).error == 0);
    for (unsigned i = 0; i < BLOCK; i++)
        buffer[i] = 'x';
    if (info.flags & DUET_DISK_IS_READ_ONLY) {
        char key;

        put("ready\n");
        while (duet_console_read(&key, 1).value == 0)
            ;
    } else {
        all_blocks(&disk, DUET_DISK_WRITE, info.bytes);
    }
    all_blocks(&disk, DUET_DISK_READ, info.bytes);
    put("flush ");
    put_number(disk_do(&disk, DUET_DISK_FLUSH, 0, NULL, 0));
    put("\n");
    duet_power_off(0);
}

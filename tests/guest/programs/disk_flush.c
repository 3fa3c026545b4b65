/* With the input "w" it writes disk 0 without end. Generation g, from 1, is GROUP blocks that
 * follow those of generation g - 1 around the disk, each filled with g. When they are flushed, it
 * prints g. With the input "c" and a number it checks a disk that began as zeros: all generations
 * up to the number must be there, except where a later one wrote over them. Of the later ones it
 * can require nothing. */
#include "disk.h"

#define BLOCK 4096
#define GROUP 8

static struct disk_memory memory;
static _Alignas(BLOCK) uint64_t buffer[GROUP * BLOCK / 8];

static char
key_read(void)
{
    struct duet_ret ret;
    char key = '\n';

    do
        ret = duet_console_read(&key, 1);
    while (ret.error == 0 && ret.value == 0);
    return key;
}

static void
group_do(struct disk *disk, uint16_t op, uint64_t first)
{
    for (uint64_t i = 0; i < GROUP; i++)
        disk_put(disk, i, op, (first + i) * BLOCK, buffer + i * (BLOCK / 8), BLOCK);
    disk_publish(disk);
    for (uint64_t i = 0; i < GROUP; i++)
        CHECK(disk_take(disk).status == DUET_DISK_OK);
}

static void
write_for_ever(struct disk *disk, uint64_t groups)
{
    for (uint64_t generation = 1;; generation++) {
        for (unsigned i = 0; i < GROUP * BLOCK / 8; i++)
            buffer[i] = generation;
        group_do(disk, DUET_DISK_WRITE, generation % groups * GROUP);
        CHECK(disk_do(disk, DUET_DISK_FLUSH, 0, NULL, 0) == DUET_DISK_OK);
        put_number((int64_t)generation);
        put("\n");
    }
}

static void
check(struct disk *disk, uint64_t groups, uint64_t flushed)
{
    uint64_t oldest = flushed >= groups ? flushed - groups + 1 : 1;

    for (uint64_t generation = oldest; generation <= flushed; generation++) {
        group_do(disk, DUET_DISK_READ, generation % groups * GROUP);
        for (unsigned i = 0; i < GROUP * BLOCK / 8; i++) {
            /* The block that wrote over it is of the same group. */
            CHECK(buffer[i] >= generation && buffer[i] % groups == generation % groups);
        }
    }
    put("checked\n");
    duet_power_off(0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_disk_info info;
    uint64_t flushed = 0;
    struct disk disk;
    char key;

    (void)hart, (void)fdt;
    CHECK(duet_disk_info(0, &info, sizeof(info)).error == 0);
    CHECK(disk_start(&disk, 0, &memory, 16).error == 0);
    if (key_read() == 'w')
        write_for_ever(&disk, info.bytes / BLOCK / GROUP);
    while ((key = key_read()) >= '0' && key <= '9')
        flushed = flushed * 10 + (uint64_t)(key - '0');
    check(&disk, info.bytes / BLOCK / GROUP, flushed);
}

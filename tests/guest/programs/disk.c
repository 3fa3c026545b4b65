/* Exercises disk 0, which has 1 MiB: fills it with text (block_text) with 32 requests in flight,
 * reads it back, discards the second quarter, and flushes. A read-only disk is only read. Before
 * that, it makes requests that must be refused. */
#include "disk.h"

#define BYTES  (1 << 20)
#define DEPTH  32
#define BLOCK  4096
#define BLOCKS (BYTES / BLOCK)

static struct disk_memory memory;
static _Alignas(BLOCK) uint64_t buffer[DEPTH][BLOCK / 8];

/* One block of the text on the disk. Line n has 8 bytes: 1000000 + n in 7 digits, and a newline. */
static void
block_text(uint64_t *text, uint64_t block)
{
    for (uint64_t i = 0; i < BLOCK / 8; i++) {
        uint64_t rest = 1000000 + block * (BLOCK / 8) + i, line = (uint64_t)'\n' << 56;

        for (unsigned digit = 7; digit-- > 0; rest /= 10)
            line |= ('0' + rest % 10) << 8 * digit;
        text[i] = line;
    }
}

static void
refused_at_start(void)
{
    struct disk disk;
    struct duet_disk_info info;

    CHECK(duet_disk_info(1, &info, sizeof(info)).error == DUET_ERR_NO_DEVICE);
    CHECK(duet_disk_info(DUET_DISKS, &info, sizeof(info)).error == SBI_ERR_INVALID_PARAM);
    CHECK(disk_start(&disk, 1, &memory, 8).error == DUET_ERR_NO_DEVICE);
    CHECK(disk_start(&disk, 0, &memory, 7).error == SBI_ERR_INVALID_PARAM);
    CHECK(disk_start(&disk, 0, &memory, 2 * DUET_DISK_QUEUE_MAX).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_disk_start(0, 8, &memory, 512).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_disk_start(0, 1, (char *)&memory + 8, 256 + 48).error == SBI_ERR_INVALID_ADDRESS);
}

static void
refused_requests(struct disk *disk)
{
    uint64_t ram_end = DUET_RAM_BASE + (64 << 20);

    CHECK(disk_do(disk, 4, 0, buffer, BLOCK) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, buffer, 0) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, buffer, 100) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 100, buffer, BLOCK) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, BYTES, buffer, 512) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, BYTES - 512, buffer, 1024) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, -512UL, buffer, 1024) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, NULL, 512) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, (char *)buffer + 8, 512) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, (void *)(ram_end - 512), 1024) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_READ, 0, (void *)-512UL, 1024) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_FLUSH, 0, NULL, 512) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_DISCARD, 0, buffer, 512) == DUET_DISK_INVALID);
    CHECK(disk_do(disk, DUET_DISK_DISCARD, BYTES, NULL, 512) == DUET_DISK_INVALID);
}

static void
block_put(struct disk *disk, uint16_t op, uint64_t block, uint64_t slot)
{
    if (op == DUET_DISK_WRITE)
        block_text(buffer[slot], block);
    disk_put(disk, slot << 32 | block, op, block * BLOCK, buffer[slot], BLOCK);
}

/* Writes every block, or reads and compares it, with DEPTH requests in flight. */
static void
all_blocks(struct disk *disk, uint16_t op)
{
    static uint64_t text[BLOCK / 8];
    static uint8_t seen[BLOCKS]; /* a count of this call and all before it */
    static uint8_t calls;
    uint64_t next = 0;

    calls++;
    while (next < DEPTH) {
        block_put(disk, op, next, next);
        next++;
    }
    disk_publish(disk);
    for (unsigned taken = 0; taken < BLOCKS; taken++) {
        struct duet_disk_completion completion = disk_take(disk);
        uint64_t block = (uint32_t)completion.tag, slot = completion.tag >> 32;

        CHECK(completion.status == DUET_DISK_OK);
        CHECK(slot < DEPTH && block < next && ++seen[block] == calls);
        if (op == DUET_DISK_READ) {
            block_text(text, block);
            for (unsigned i = 0; i < BLOCK / 8; i++)
                CHECK(buffer[slot][i] == text[i]);
        }
        if (next < BLOCKS) {
            block_put(disk, op, next++, slot);
            disk_publish(disk);
        }
    }
    CHECK(ring_count(&disk->completions) == 0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_disk_info info;
    struct duet_info duet;
    struct disk disk;

    (void)hart, (void)fdt;
    CHECK(duet_handshake(DUET_ABI_VERSION, &duet, sizeof(duet)).error == 0);
    CHECK(duet.features & DUET_FEATURE_DISKS);
    CHECK(duet_disk_info(0, &info, sizeof(info)).value == sizeof(info));
    CHECK(info.bytes == BYTES && info.queue_max == DUET_DISK_QUEUE_MAX);
    refused_at_start();
    CHECK(disk_start(&disk, 0, &memory, DEPTH).error == 0);
    refused_requests(&disk);
    if (info.flags & DUET_DISK_IS_READ_ONLY) {
        CHECK(disk_do(&disk, DUET_DISK_WRITE, 0, buffer, BLOCK) == DUET_DISK_READ_ONLY);
        CHECK(disk_do(&disk, DUET_DISK_DISCARD, 0, NULL, BLOCK) == DUET_DISK_READ_ONLY);
    } else {
        all_blocks(&disk, DUET_DISK_WRITE);
    }
    /* Another queue, elsewhere and of another size. */
    static struct disk_memory second;
    CHECK(disk_start(&disk, 0, &second, 64).error == 0);
    all_blocks(&disk, DUET_DISK_READ);
    if (!(info.flags & DUET_DISK_IS_READ_ONLY))
        CHECK(disk_do(&disk, DUET_DISK_DISCARD, BYTES / 4, NULL, BYTES / 4) == DUET_DISK_OK);
    CHECK(disk_do(&disk, DUET_DISK_FLUSH, 0, NULL, 0) == DUET_DISK_OK);
    put("done\n");
    duet_power_off(0);
}

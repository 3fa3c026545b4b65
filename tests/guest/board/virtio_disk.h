/* A driver of virtio's block device, as small kernels have it: slot 0, without VERSION_1, chains of
 * three descriptors, one request at a time. */
#ifndef DUET_TESTS_VIRTIO_DISK_H
#define DUET_TESTS_VIRTIO_DISK_H

#include "virt.h"

#define MMIO(offset) (VIRTIO + (offset))

#define QUEUE_SIZE 8

struct descriptor {
    uint64_t address;
    uint32_t len;
    uint16_t flags, next;
};
#define NEXT  1
#define WRITE 2

static struct {
    struct descriptor descriptor[QUEUE_SIZE] __attribute__((aligned(4096)));
    struct {
        uint16_t flags, index, ring[QUEUE_SIZE], unused;
    } available __attribute__((aligned(4096)));
    struct {
        uint16_t flags, index;
        struct {
            uint32_t id, len;
        } ring[QUEUE_SIZE];
    } used __attribute__((aligned(4096)));
    uint16_t used_index;
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status;
} disk;

static volatile unsigned disk_interrupts;

static void
disk_init(void)
{
    uint32_t status = 0, features;

    EXPECT(load32(MMIO(0)) == 0x74726976 && load32(MMIO(4)) == 2);
    EXPECT(load32(MMIO(8)) == 2 && load32(MMIO(0xc)) == 0x554d4551);
    store32(MMIO(0x70), status);
    store32(MMIO(0x70), status |= 1); /* ACKNOWLEDGE */
    store32(MMIO(0x70), status |= 2); /* DRIVER */
    features = load32(MMIO(0x10));
    features &= ~(1u << 5 | 1u << 7 | 1u << 11 | 1u << 12 | 1u << 27 | 1u << 28 | 1u << 29);
    store32(MMIO(0x20), features);
    store32(MMIO(0x70), status |= 8); /* FEATURES_OK */
    EXPECT(load32(MMIO(0x70)) & 8);
    store32(MMIO(0x30), 0);
    EXPECT(load32(MMIO(0x44)) == 0 && load32(MMIO(0x34)) >= QUEUE_SIZE);
    store32(MMIO(0x38), QUEUE_SIZE);
    store32(MMIO(0x80), (uint32_t)(uint64_t)disk.descriptor);
    store32(MMIO(0x84), (uint32_t)((uint64_t)disk.descriptor >> 32));
    store32(MMIO(0x90), (uint32_t)(uint64_t)&disk.available);
    store32(MMIO(0x94), (uint32_t)((uint64_t)&disk.available >> 32));
    store32(MMIO(0xa0), (uint32_t)(uint64_t)&disk.used);
    store32(MMIO(0xa4), (uint32_t)((uint64_t)&disk.used >> 32));
    store32(MMIO(0x44), 1);
    EXPECT(load32(MMIO(0x44)) == 1);
    store32(MMIO(0x70), status |= 4); /* DRIVER_OK */
}

/* The used ring, whoever looks. */
static int
disk_is_done(void)
{
    uint16_t index = *(volatile uint16_t *)&disk.used.index;

    __asm__ volatile("fence" ::: "memory");
    return index != disk.used_index;
}

static void
disk_interrupt(void)
{
    disk_interrupts++;
    store32(MMIO(0x64), load32(MMIO(0x60)) & 3);
}

/* Moves `len` bytes between `data` and the disk; waits for interrupts, or asks again and again. */
static void
disk_move(int write, uint64_t sector, void *data, uint32_t len, int by_interrupts)
{
    disk.header.type = (uint32_t)write;
    disk.header.reserved = 0;
    disk.header.sector = sector;
    disk.status = 0xff;
    disk.descriptor[0] = (struct descriptor){(uint64_t)&disk.header, sizeof(disk.header), NEXT, 1};
    disk.descriptor[1] =
        (struct descriptor){(uint64_t)data, len, (uint16_t)(write ? NEXT : NEXT | WRITE), 2};
    disk.descriptor[2] = (struct descriptor){(uint64_t)&disk.status, 1, WRITE, 0};
    disk.available.ring[disk.available.index % QUEUE_SIZE] = 0;
    __asm__ volatile("fence" ::: "memory");
    *(volatile uint16_t *)&disk.available.index = (uint16_t)(disk.available.index + 1);
    __asm__ volatile("fence" ::: "memory");
    store32(MMIO(0x50), 0);
    while (!disk_is_done())
        if (by_interrupts)
            __asm__ volatile("wfi");
    EXPECT(disk.used.ring[disk.used_index % QUEUE_SIZE].id == 0);
    disk.used_index++;
    EXPECT(*(volatile uint8_t *)&disk.status == 0);
}

#endif

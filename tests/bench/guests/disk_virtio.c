/* Times reads of 4 KiB from the virtio disk in slot 0 of QEMU's machine `virt`, BENCH_DISK_DEPTH in
 * flight, all over it: what disk.c does with a disk of Duet's. Event indices say when to notify and
 * to interrupt (VIRTIO 1.2 §2.7.10). */
#include "bench_guest.h"

#include "tests/guest/programs/virtio.h"

/* QEMU with KVM leaves out the PLIC's contexts for M-mode. */
#define ENABLE    DUET_OR_SBI(PLIC_SENABLE(0), PLIC + 0x2000)
#define THRESHOLD DUET_OR_SBI(PLIC_STHRESHOLD(0), PLIC + 0x200000)
#define CLAIM     DUET_OR_SBI(PLIC_SCLAIM(0), PLIC + 0x200004)

static struct queue queue;
static uint16_t published, used_index; /* what the device has been told of, what has been taken */

static struct {
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status;
} request[BENCH_DISK_DEPTH];

static char buffer[BENCH_DISK_DEPTH][BENCH_DISK_BYTES] __attribute__((aligned(BENCH_DISK_BYTES)));

/* Three descriptors a slot, which stay as they are: header, data, status. */
static void
start(void)
{
    device_begin(F_VERSION_1 | F_EVENT_IDX);
    queue_place(0, QUEUE_ENTRIES, (uint64_t)queue.descriptor, (uint64_t)&queue.available,
                (uint64_t)&queue.used);
    store32(SLOT(0x44), 1);
    store32(SLOT(0x70), 15);
    for (uint16_t i = 0; i < BENCH_DISK_DEPTH; i++) {
        struct descriptor *chain = &queue.descriptor[3 * i];

        chain[0] = (struct descriptor){(uint64_t)&request[i].header, sizeof(request[i].header),
                                       NEXT, (uint16_t)(3 * i + 1)};
        chain[1] = (struct descriptor){(uint64_t)buffer[i], BENCH_DISK_BYTES, NEXT | WRITE,
                                       (uint16_t)(3 * i + 2)};
        chain[2] = (struct descriptor){(uint64_t)&request[i].status, 1, WRITE, 0};
    }
    store32(PLIC_PRIORITY(VIRTIO_IRQ), 1);
    store32(THRESHOLD, 0);
    store32(ENABLE, 1u << VIRTIO_IRQ);
    csr_write(sie, 1UL << IRQ_S_EXT);
}

static void
request_put(unsigned n, unsigned which, uint16_t index)
{
    request[which].header.sector = BENCH_DISK_OFFSET(n) / 512;
    request[which].status = 0xff;
    queue.available.ring[index % QUEUE_ENTRIES] = (uint16_t)(3 * which);
}

/* Tells the device of all up to `index`, by a notification if it wants one. */
static void
publish(uint16_t index)
{
    uint16_t wanted, before = published;

    __asm__ volatile("fence" ::: "memory");
    *(volatile uint16_t *)&queue.available.index = published = index;
    __asm__ volatile("fence" ::: "memory");
    wanted = *(volatile uint16_t *)&queue.used.available_event;
    if ((uint16_t)(index - wanted - 1) < (uint16_t)(index - before))
        store32(SLOT(0x50), 0);
}

static bool
is_used(void)
{
    bool is = *(volatile uint16_t *)&queue.used.index != used_index;

    __asm__ volatile("fence" ::: "memory");
    return is;
}

/* Waits in wfi until a request is used. No handler runs: interrupts stay off in sstatus. */
static void
used_wait(void)
{
    while (!is_used()) {
        *(volatile uint16_t *)&queue.available.used_event = used_index;
        __asm__ volatile("fence" ::: "memory");
        if (is_used())
            return;
        __asm__ volatile("wfi");
        for (uint32_t irq; (irq = load32(CLAIM)) != 0;) {
            store32(SLOT(0x64), load32(SLOT(0x60)));
            store32(CLAIM, irq);
        }
    }
}

/* As disk.c's. */
static void
read_all(void)
{
    unsigned sent = 0, taken = 0;
    uint16_t index = published;

    for (; sent < BENCH_DISK_DEPTH; sent++)
        request_put(sent, sent, index++);
    publish(index);
    while (taken < BENCH_DISK_READS) {
        unsigned done;

        used_wait();
        done = queue.used.ring[used_index++ % QUEUE_ENTRIES].id / 3;
        CHECK(*(volatile uint8_t *)&request[done].status == 0);
        taken++;
        if (sent < BENCH_DISK_READS) {
            request_put(sent++, done, index++);
            if (!is_used())
                publish(index);
        }
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    start();
    report(TICKS_OF(1, read_all()), BENCH_DISK_READS);
}

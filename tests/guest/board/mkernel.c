/*
 * A kernel that begins in M-mode on every hart and does what such kernels do: sets M-mode up, goes
 * to S-mode for good, takes its timer's interrupts by Sstc on each hart, and the UART's through the
 * PLIC on the boot hart. The boot argument harts=N says how many harts it waits for, copied=1 that
 * it has code for M-mode that is not in its file, too; rounds=N has it do its work so often more,
 * and say so by interrupts; save=1 that it has itself saved in M-mode, by Duet's hypercall.
 */
#include "virt.h"

#include "abi/guest.h"
#include "virtio_disk.h"

#define HARTS_MAX 16
#define INTERVAL  20000 /* of the timer: 2 ms */
#define TICKS     3
#define BLOCK     1024
#define BLOCKS    48

static volatile unsigned harts_wanted, has_disk, rounds, started;
static volatile unsigned ticks[HARTS_MAX], done[HARTS_MAX];
static volatile unsigned can_send, received_len, claims;
static char received[64];
static uint8_t block[2][BLOCK + 8];

/* What each access to a CSR of M-mode's gives. Returns 0, or the number of the check. */
static unsigned
csrs_check(void)
{
    static const _Alignas(4) char letters[] = "seg:"; /* a CSRRSI to pmpcfg6, were they code */
    uint64_t old;

    if (*(const volatile uint32_t *)letters != 0x3a676573)
        return 12;
    csr_write(mscratch, 0x123456789abcdef0);
    if (csr_read(mscratch) != 0x123456789abcdef0)
        return 1;
    __asm__ volatile("csrrsi %0, mscratch, 15" : "=r"(old));
    if (old != 0x123456789abcdef0 || csr_read(mscratch) != 0x123456789abcdeff)
        return 2;
    __asm__ volatile("csrrci %0, mscratch, 1" : "=r"(old));
    if (old != 0x123456789abcdeff || csr_read(mscratch) != 0x123456789abcdefe)
        return 3;
    __asm__ volatile("csrrw %0, mscratch, %1" : "=r"(old) : "r"(5));
    if (old != 0x123456789abcdefe || csr_read(mscratch) != 5)
        return 4;
    __asm__ volatile("csrrwi %0, mscratch, 9" : "=r"(old));
    if (old != 5 || csr_read(mscratch) != 9)
        return 5;
    if ((csr_read(misa) >> 62) != 2 || !(csr_read(misa) >> 18 & 1) || !(csr_read(misa) & 1))
        return 6;
    if ((csr_read(mstatus) >> 11 & 3) != 3) /* where the hart came from */
        return 7;
    /* What S-mode sees of mstatus and mie is the same there. */
    csr_set(mstatus, 1UL << 18); /* SUM */
    if (!(csr_read(sstatus) >> 18 & 1))
        return 8;
    csr_clear(mstatus, 1UL << 18);
    if (csr_read(sstatus) >> 18 & 1)
        return 9;
    csr_set(mie, 1UL << 7 | 1UL << 1); /* MTIE, SSIE */
    if (csr_read(sie) != 2 || csr_read(mie) != 0x82)
        return 10;
    csr_write(mie, 0);
    if (csr_read(sie) != 0 || csr_read(mie) != 0)
        return 11;
    return 0;
}

/* In M-mode from M-mode: mret there and on. */
static unsigned
return_check(void)
{
    uint64_t status = csr_read(mstatus), flag = 0;

    csr_write(mstatus, (status & ~0x8UL) | 3UL << 11 | 0x80); /* MPP M, MPIE */
    __asm__ volatile("la t0, 1f\n"
                     "csrw mepc, t0\n"
                     "mret\n"
                     "li %0, 1\n"
                     "1:\n"
                     : "+r"(flag)::"t0", "memory");
    status = csr_read(mstatus);
    return flag || !(status & 8) || !(status & 0x80) || status >> 11 & 3;
}

/* An M-mode instruction in code that was not in the image. */
static unsigned
copied_check(void)
{
    static volatile uint32_t code[2][HARTS_MAX];
    uint64_t (*function)(void);
    uint64_t id = csr_read(mhartid);
    static const uint32_t csrr_a0_mhartid = 0xf1402573, ret = 0x00008067;
    volatile uint32_t *at = (volatile uint32_t *)code + 2 * id;

    at[0] = csrr_a0_mhartid;
    at[1] = ret;
    __asm__ volatile("fence.i" ::: "memory");
    function = (uint64_t (*)(void))(uintptr_t)at;
    return function() != id;
}

/* Saved in M-mode, which has something in its registers, and goes on there. */
static void
save_check(void)
{
    struct duet_ret side;

    csr_write(mscratch, 0x123456789abcdef0);
    csr_write(mepc, 0x1234);
    csr_write(pmpaddr0, 0x1111);
    csr_write(mie, 0x82);
    side = duet_save();
    EXPECT(side.error == 0 && side.value <= 1);
    EXPECT(csr_read(mscratch) == 0x123456789abcdef0 && csr_read(mepc) == 0x1234);
    EXPECT(csr_read(pmpaddr0) == 0x1111 && csr_read(mie) == 0x82);
    csr_write(mie, 0);
    print(side.value ? "restored\n" : "saved\n");
}

static void
uart_interrupt(void)
{
    (void)uart_load(IIR);
    if (uart_load(LSR) & 0x20)
        can_send = 1;
    while (uart_load(LSR) & 1) {
        char c = (char)uart_load(RHR);

        if (received_len < sizeof(received))
            received[received_len++] = c;
    }
}

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    uint64_t cause = csr_read(scause), id = hart_id();

    if (cause == (1UL << 63 | 5)) {
        ticks[id]++;
        csr_write(0x14d, csr_read(time) + INTERVAL); /* stimecmp */
    } else if (cause == (1UL << 63 | 9)) {
        uint32_t irq = load32(PLIC_SCLAIM(id));

        claims++;
        if (irq == UART_IRQ)
            uart_interrupt();
        if (irq == VIRTIO_IRQ)
            disk_interrupt();
        if (irq)
            store32(PLIC_SCLAIM(id), irq);
    } else {
        fail_at("no other trap");
    }
}

static void
plic_hart_init(uint64_t id)
{
    store32(PLIC_SENABLE(id), 1u << UART_IRQ | 1u << VIRTIO_IRQ);
    store32(PLIC_STHRESHOLD(id), 0);
}

/* Sends by interrupts: each byte after the last was said to be sent. */
static void
send(const char *text)
{
    for (; *text; text++) {
        while (!can_send)
            __asm__ volatile("wfi");
        can_send = 0;
        uart_store(THR, (uint8_t)*text);
    }
}

/* Writes blocks and reads them again. With `shift` the buffers are not aligned to sectors. */
static void
disk_check(int by_interrupts, unsigned shift)
{
    for (unsigned number = 0; number < BLOCKS; number++) {
        for (unsigned i = 0; i < BLOCK; i++)
            block[0][shift + i] = (uint8_t)(number + i / 7 + shift);
        disk_move(1, 2 * number, block[0] + shift, BLOCK, by_interrupts);
    }
    for (unsigned number = 0; number < BLOCKS; number++) {
        disk_move(0, 2 * number, block[1] + shift, BLOCK, by_interrupts);
        for (unsigned i = 0; i < BLOCK; i++)
            EXPECT(block[1][shift + i] == (uint8_t)(number + i / 7 + shift));
    }
}

static void
boot_hart_main(void)
{
    uart_store(IER, 0);
    uart_store(LCR, 0x80); /* the divisor */
    uart_store(0, 3);
    uart_store(1, 0);
    uart_store(LCR, 3);
    uart_store(FCR, 7);
    uart_store(IER, 3);
    store32(PLIC_PRIORITY(UART_IRQ), 1);
    plic_hart_init(0);
    print("polled\n");
    started = 1;
    csr_set(sstatus, 2);
    for (unsigned id = 0; id < harts_wanted; id++)
        while (!done[id])
            __asm__ volatile("wfi");
    can_send = 1;
    send("by interrupts\n");
    if (has_disk) {
        store32(PLIC_PRIORITY(VIRTIO_IRQ), 1);
        disk_init();
        disk_check(1, 0);
        EXPECT(disk_interrupts > 0);
        disk_check(0, 0);
        disk_check(1, 8);
        print("disk\n");
    }
    for (unsigned round = 0; round < rounds; round++) {
        send("a line that is sent byte by byte, each after the interrupt for the last\n");
        if (has_disk)
            disk_check(1, 0);
    }
    print_number(harts_wanted);
    print(" harts\n");
    while (received_len == 0 || received[received_len - 1] != '\n')
        __asm__ volatile("wfi");
    for (unsigned i = 0; i < received_len; i++)
        uart_put(received[i]);
    EXPECT(claims > 0);
    store32(TEST, TEST_PASS);
}

static void
main(void)
{
    uint64_t id = hart_id();

    csr_write(stvec, (uint64_t)trap);
    if (id == 0) {
        csr_set(sstatus, 2);
        while (ticks[0] < TICKS)
            __asm__ volatile("wfi");
        csr_clear(sstatus, 2);
        done[0] = 1;
        boot_hart_main();
    }
    while (!started)
        __asm__ volatile("fence");
    csr_set(sstatus, 2);
    while (ticks[id] < TICKS)
        __asm__ volatile("wfi");
    done[id] = 1;
    for (;;)
        __asm__ volatile("wfi");
}

void begin(const char *fdt);

void
begin(const char *fdt)
{
    uint64_t id = csr_read(mhartid), status;
    unsigned wrong = csrs_check();

    if (wrong || return_check() || (tree_number(fdt, "copied=") && copied_check())) {
        print("M-mode, check ");
        print_number(wrong);
        print("\n");
        store32(TEST, TEST_FAIL(98));
    }
    if (id == 0)
        has_disk = tree_number(fdt, "disk=");
    if (id == 0)
        rounds = tree_number(fdt, "rounds=");
    if (id == 0)
        harts_wanted = tree_number(fdt, "harts=");

    if (id == 0 && tree_number(fdt, "save="))
        save_check();

    /* What xv6's start() and timerinit() do, in their order. */
    status = csr_read(mstatus);
    status = (status & ~(3UL << 11)) | 1UL << 11;
    csr_write(mstatus, status);
    csr_write(mepc, (uint64_t)main);
    csr_write(satp, 0);
    csr_write(medeleg, 0xffff);
    csr_write(mideleg, 0xffff);
    csr_write(sie, csr_read(sie) | 1UL << 9 | 1UL << 5 | 1UL << 1);
    csr_write(pmpaddr0, 0x3fffffffffffff);
    csr_write(pmpcfg0, 0xf);
    csr_write(mie, csr_read(mie) | 1UL << 5);
    csr_write(0x30a, csr_read(0x30a) | 1UL << 63); /* menvcfg.STCE */
    csr_write(mcounteren, csr_read(mcounteren) | 2);
    csr_write(0x14d, csr_read(time) + INTERVAL);
    __asm__ volatile("mv tp, %0" ::"r"(csr_read(mhartid)));
    __asm__ volatile("mret");
}

/*
 * A kernel that begins in M-mode on every hart and has its timer there, as xv6-riscv had it before
 * Sstc: a handler in M-mode that sets the CLINT's timer anew and hands each tick on to S-mode as
 * its software interrupt. The ticks come to S-mode that computes, with page tables on; to U-mode;
 * to a hart that waits with interrupts off; and meanwhile the UART's come through the PLIC. The
 * boot argument harts=N says how many harts there are, rounds=N has the boot hart say so often that
 * ticks have come, save=1 that it has itself saved first, by Duet's hypercall.
 */
#include "virt.h"

#include "abi/guest.h"

#define HARTS_MAX 16
#define INTERVAL  1000000 /* of the timer: 100 ms, for on a busy PC a tick takes 10 */
#define TICKS     3

#define SSIP  0x2UL
#define MSIP  0x8UL
#define MTIP  0x80UL
#define SIE   0x2UL
#define SPIE  0x20UL
#define SPP   0x100UL
#define M_MIE 0x8UL

/* Where U-mode sees RAM. */
#define USER(address) ((uint64_t)(address) - 0x80000000UL + 0x40000000UL)

/* What the handler in M-mode has for itself; the offsets are in its code. */
static volatile struct {
    uint64_t room[3];
    uint64_t compare, interval, software; /* two addresses of the CLINT's */
    uint64_t ticks, calls, status;
    uint64_t unused[7];
} scratch[HARTS_MAX];

static volatile unsigned harts_wanted, rounds, is_saved, started;
static volatile unsigned ticks[HARTS_MAX], done[HARTS_MAX], illegal[HARTS_MAX], breaks[HARTS_MAX];
static volatile uint64_t user_until[HARTS_MAX], user_resume[HARTS_MAX];
static volatile unsigned received_len, claims;
static char received[64];
static uint64_t table[512] __attribute__((aligned(4096)));

void machine_handler(void);
void user_loop(void);
uint64_t registers_watch(volatile unsigned *count, unsigned until);

__asm__(".balign 4\n"
        ".globl machine_handler\n"
        "machine_handler:\n"
        "   csrrw a0, mscratch, a0\n"
        "   sd a1, 0(a0)\n"
        "   sd a2, 8(a0)\n"
        "   sd a3, 16(a0)\n"
        "   csrr a1, mstatus\n"
        "   sd a1, 64(a0)\n"
        "   li a2, 2\n"
        "   csrr a1, mcause\n"
        "   andi a1, a1, 15\n"
        "   addi a1, a1, -7\n"
        "   bnez a1, 1f\n"
        "   ld a1, 24(a0)\n" /* the timer: next time */
        "   ld a3, 0(a1)\n"
        "   ld a2, 32(a0)\n"
        "   add a3, a3, a2\n"
        "   sd a3, 0(a1)\n"
        "   ld a1, 48(a0)\n"
        "   addi a1, a1, 1\n"
        "   sd a1, 48(a0)\n"
        "   li a2, 2\n"
        "   csrw sip, a2\n"
        "   j 2f\n"
        "1: ld a1, 40(a0)\n" /* a call from a hart: it is taken */
        "   sw zero, 0(a1)\n"
        "   ld a1, 56(a0)\n"
        "   addi a1, a1, 1\n"
        "   sd a1, 56(a0)\n"
        "   csrs mip, a2\n"
        "2: ld a3, 16(a0)\n"
        "   ld a2, 8(a0)\n"
        "   ld a1, 0(a0)\n"
        "   csrrw a0, mscratch, a0\n"
        "   mret\n"

        /* U-mode's program, at any address. */
        ".option push\n"
        ".option norvc\n"
        ".globl user_loop\n"
        "user_loop:\n"
        "   ebreak\n"
        "3: addi t0, t0, 1\n"
        "   j 3b\n"
        ".option pop\n"

        /* Looks at registers all the time until there are `until` in the count; returns 0 if one
         * has changed. */
        ".globl registers_watch\n"
        "registers_watch:\n"
        "   li t1, 0x101\n"
        "   li t2, 0x202\n"
        "   li t3, 0x404\n"
        "   li t4, 0x808\n"
        "   li t5, 0x1010\n"
        "   li t6, 0x2020\n"
        "   li a3, 0x4040\n"
        "   li a4, 0x8080\n"
        "   li a5, 0x10100\n"
        "   li a6, 0x20200\n"
        "   li a7, 0x3fcff\n" /* all of these */
        "4: lw a2, 0(a0)\n"
        "   bgeu a2, a1, 5f\n"
        "   xor t0, t1, t2\n"
        "   xor t0, t0, t3\n"
        "   xor t0, t0, t4\n"
        "   xor t0, t0, t5\n"
        "   xor t0, t0, t6\n"
        "   xor t0, t0, a3\n"
        "   xor t0, t0, a4\n"
        "   xor t0, t0, a5\n"
        "   xor t0, t0, a6\n"
        "   beq t0, a7, 4b\n"
        "   li a0, 0\n"
        "   ret\n"
        "5: li a0, 1\n"
        "   ret\n");

static inline uint64_t
load64(uint64_t address)
{
    return *(volatile uint64_t *)address;
}

static inline void
store64(uint64_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

/* The CLINT's registers, and what mip shows of them. In M-mode, with all interrupts off. */
static void
clint_check(uint64_t id)
{
    uint64_t before = csr_read(time), now = load64(CLINT_MTIME), after = csr_read(time);

    EXPECT(before <= now && now <= after);
    EXPECT(load32(CLINT_MTIME + 4) == (uint32_t)(load64(CLINT_MTIME) >> 32));
    EXPECT(!(csr_read(mip) & (MTIP | MSIP)));
    store64(CLINT_MTIMECMP(id), 0x123456789abcdef0);
    EXPECT(load64(CLINT_MTIMECMP(id)) == 0x123456789abcdef0 && !(csr_read(mip) & MTIP));
    store32(CLINT_MTIMECMP(id) + 4, 0);
    store32(CLINT_MTIMECMP(id), 0x7);
    EXPECT(load64(CLINT_MTIMECMP(id)) == 7 && load32(CLINT_MTIMECMP(id)) == 7);
    EXPECT(csr_read(mip) & MTIP);
    store32(CLINT_MSIP(id), ~0u);
    EXPECT(load32(CLINT_MSIP(id)) == 1 && (csr_read(mip) & MSIP));
    store32(CLINT_MSIP(id), 0);
    EXPECT(load32(CLINT_MSIP(id)) == 0 && !(csr_read(mip) & MSIP));
    csr_set(mip, SSIP);
    EXPECT(csr_read(mip) & csr_read(sip) & SSIP);
    csr_clear(mip, SSIP);
    EXPECT(!(csr_read(sip) & SSIP));
}

static void
uart_interrupt(void)
{
    while (uart_load(LSR) & 1) {
        char c = (char)uart_load(RHR);

        if (received_len < sizeof(received))
            received[received_len++] = c;
    }
}

static void
tick(uint64_t id)
{
    csr_clear(sip, SSIP);
    ticks[id]++;
    if (!user_until[id])
        return;
    EXPECT(!(csr_read(sstatus) & SPP));
    /* It was U-mode that M-mode interrupted, too; but for a timer that came meanwhile. */
    if (ticks[id] >= user_until[id] && (scratch[id].status >> 11 & 3) == 0) {
        user_until[id] = 0;
        csr_write(sepc, user_resume[id]);
        csr_set(sstatus, SPP);
    }
}

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    uint64_t cause = csr_read(scause), id = hart_id();

    if (cause == (1UL << 63 | 1)) {
        tick(id);
    } else if (cause == (1UL << 63 | 9)) {
        uint32_t irq = load32(PLIC_SCLAIM(id));

        claims++;
        if (irq == UART_IRQ)
            uart_interrupt();
        if (irq)
            store32(PLIC_SCLAIM(id), irq);
    } else if (cause == 2 || cause == 3) {
        EXPECT((cause == 3) == !(csr_read(sstatus) & SPP));
        (cause == 2 ? illegal : breaks)[id]++;
        csr_write(sepc, csr_read(sepc) + 4);
    } else {
        fail_at("no other trap");
    }
}

/* In S-mode, until so many more ticks have come: the registers are as they were, and so are the
 * page tables, by which the same word is at another address, too. */
static void
supervisor_check(uint64_t id)
{
    static volatile uint32_t word = 0x5eed;
    uint64_t high = USER(&word);

    csr_set(sstatus, SIE);
    EXPECT(registers_watch(&ticks[id], ticks[id] + TICKS));
    for (unsigned until = ticks[id] + TICKS; ticks[id] < until;) {
        csr_set(sstatus, 1UL << 18); /* SUM */
        EXPECT(load32(high) == 0x5eed);
    }
    csr_clear(sstatus, SIE);
    EXPECT((scratch[id].status >> 11 & 3) == 1 && !(scratch[id].status & M_MIE));
}

static void
user_check(uint64_t id)
{
    uint64_t begun;

    user_until[id] = ticks[id] + TICKS;
    __asm__ volatile("li t0, 0\n"
                     "la t1, 1f\n"
                     "sd t1, 0(%1)\n"
                     "csrw sepc, %2\n"
                     "csrc sstatus, %3\n"
                     "csrs sstatus, %4\n"
                     "sret\n"
                     ".balign 4\n"
                     "1: mv %0, t0\n"
                     : "=&r"(begun)
                     : "r"(&user_resume[id]), "r"(USER(user_loop)), "r"(SPP), "r"(SPIE)
                     : "t0", "t1", "memory");
    csr_clear(sstatus, SIE);
    EXPECT(begun > 1 && breaks[id] == 1);
}

/* A hart that waits with interrupts off is woken, and finds the tick in sip. */
static void
wait_check(uint64_t id)
{
    (void)id;
    for (unsigned count = 0; count < TICKS;) {
        __asm__ volatile("wfi");
        if (csr_read(sip) & SSIP) {
            csr_clear(sip, SSIP);
            count++;
        }
    }
}

/* M-mode's instructions are none of S-mode's. */
static void
illegal_check(uint64_t id)
{
    unsigned before = illegal[id];

    (void)csr_read(mscratch);
    EXPECT(illegal[id] == before + 1);
}

/* S-mode takes the tick away from a hart, itself or another, until none is to come any more, and
 * gives it back. */
static void
compare_check(uint64_t id)
{
    uint64_t before, until = load64(CLINT_MTIME) + 2 * INTERVAL;

    store64(CLINT_MTIMECMP(id), ~0UL);
    while (csr_read(time) < until)
        ;
    before = scratch[id].ticks;
    store64(CLINT_MTIMECMP(id), load64(CLINT_MTIME));
    while (scratch[id].ticks == before)
        ;
}

static void
calls_check(void)
{
    for (unsigned id = 0; id < harts_wanted; id++) {
        uint64_t calls = scratch[id].calls;

        compare_check(id);
        store32(CLINT_MSIP(id), 1);
        while (scratch[id].calls == calls)
            ;
        EXPECT(scratch[id].calls == calls + 1 && load32(CLINT_MSIP(id)) == 0);
    }
}

static void
boot_hart_end(void)
{
    struct duet_ret side;
    unsigned long before[HARTS_MAX];

    for (unsigned id = 1; id < harts_wanted; id++)
        while (!done[id])
            __asm__ volatile("wfi");
    calls_check();
    print("calls\n");
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned until = ticks[0] + 2; ticks[0] < until;)
            __asm__ volatile("wfi");
        print("two ticks\n");
    }
    while (received_len == 0 || received[received_len - 1] != '\n')
        __asm__ volatile("wfi");
    for (unsigned i = 0; i < received_len; i++)
        uart_put(received[i]);
    EXPECT(claims > 0);
    if (is_saved) {
        side = duet_save();
        EXPECT(side.error == 0);
        print(side.value ? "restored\n" : "saved\n");
    }
    for (unsigned id = 0; id < harts_wanted; id++)
        before[id] = ticks[id];
    for (unsigned id = 0; id < harts_wanted; id++)
        while (ticks[id] < before[id] + 2)
            __asm__ volatile("wfi");
    print_number(harts_wanted);
    print(" harts\n");
    store32(TEST, TEST_PASS);
}

static void
main(void)
{
    uint64_t id = hart_id();

    csr_write(stvec, (uint64_t)trap);
    if (id == 0) {
        table[0] = 0xc7;                            /* devices: V, R, W, A, D */
        table[1] = 0x80000000UL >> 12 << 10 | 0xdf; /* RAM for U-mode */
        table[2] = 0x80000000UL >> 12 << 10 | 0xcf; /* and for S-mode */
        started = 1;
    }
    while (!started)
        __asm__ volatile("fence");
    csr_write(satp, 8UL << 60 | (uint64_t)table >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    if (id == 0) {
        uart_store(IER, 1);
        store32(PLIC_PRIORITY(UART_IRQ), 1);
        store32(PLIC_SENABLE(id), 1u << UART_IRQ);
        store32(PLIC_STHRESHOLD(id), 0);
    }
    illegal_check(id);
    supervisor_check(id);
    user_check(id);
    wait_check(id);
    illegal_check(id);
    done[id] = 1;
    csr_set(sstatus, SIE);
    if (id == 0)
        boot_hart_end();
    for (;;)
        __asm__ volatile("wfi");
}

void begin(const char *fdt);

void
begin(const char *fdt)
{
    uint64_t id = csr_read(mhartid);

    clint_check(id);
    if (id == 0) {
        harts_wanted = tree_number(fdt, "harts=");
        rounds = tree_number(fdt, "rounds=");
        is_saved = tree_number(fdt, "save=");
    }
    csr_write(mstatus, (csr_read(mstatus) & ~(3UL << 11)) | 1UL << 11);
    csr_write(mepc, (uint64_t)main);
    csr_write(satp, 0);
    csr_write(medeleg, 0xffff);
    csr_write(mideleg, 0xffff);
    csr_write(sie, csr_read(sie) | 1UL << 9 | 1UL << 5 | 1UL << 1);
    csr_write(pmpaddr0, 0x3fffffffffffff);
    csr_write(pmpcfg0, 0xf);

    scratch[id].compare = CLINT_MTIMECMP(id);
    scratch[id].interval = INTERVAL;
    scratch[id].software = CLINT_MSIP(id);
    store64(CLINT_MTIMECMP(id), load64(CLINT_MTIME)); /* due before it can be taken */
    csr_write(mscratch, (uint64_t)&scratch[id]);
    csr_write(mtvec, (uint64_t)machine_handler);
    csr_set(mstatus, M_MIE);
    csr_set(mie, MTIP | MSIP);
    __asm__ volatile("mv tp, %0" ::"r"(csr_read(mhartid)));
    __asm__ volatile("mret");
}

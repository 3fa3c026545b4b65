/*
 * Firmware in the board's flash memory: it counts its runs in the second unit, whose commands it
 * tries on another block, prints the count, and asks for a reset in each even one. If a word there
 * says so, it waits in the middle of a command until a key is typed.
 */
#include "tests/guest/board/virt.h"

#define FIRMWARE  0x20000000UL
#define VARIABLES 0x22000000UL
#define BLOCK     0x40000UL
#define SCRATCH   (VARIABLES + BLOCK)
#define HOLD      (VARIABLES + 2 * BLOCK)           /* 1: wait */
#define CAUSE     ((volatile uint64_t *)0x80010000) /* where the trap's handler puts it */

#define STORE_ACCESS_FAULT 7

/* Commands and status, as both chips have them. */
#define BOTH(byte)   ((byte) * 0x10001u)
#define MEMORY       BOTH(0xff)
#define STATUS       BOTH(0x70)
#define CLEAR_STATUS BOTH(0x50)
#define PROGRAM      BOTH(0x40)
#define ERASE        BOTH(0x20)
#define LOCK         BOTH(0x60)
#define IDENTIFY     BOTH(0x90)
#define BUFFER       BOTH(0xe8)
#define CONFIRM      BOTH(0xd0)
#define READY        BOTH(0x80)
#define NO_COMMAND   BOTH(0xb0)

void begin(uint64_t hart, const void *fdt);

static uint32_t
status_of(uint64_t block)
{
    uint32_t status;

    store32(block, STATUS);
    status = load32(block);
    store32(block, CLEAR_STATUS);
    store32(block, MEMORY);
    return status;
}

static uint32_t
program(uint64_t address, uint32_t value)
{
    store32(address, PROGRAM);
    store32(address, value);
    return status_of(address);
}

static uint32_t
erase(uint64_t block)
{
    store32(block, ERASE);
    store32(block, CONFIRM);
    return status_of(block);
}

static void
commands_try(void)
{
    EXPECT(erase(SCRATCH + 16) == READY);
    EXPECT(load32(SCRATCH) == ~0u && load32(SCRATCH + BLOCK - 4) == ~0u);
    /* Bits are cleared, never set. */
    EXPECT(program(SCRATCH + 8, 0xfffff0f0) == READY);
    EXPECT(program(SCRATCH + 8, 0x0ff0ff00) == READY);
    EXPECT(load32(SCRATCH + 8) == 0x0ff0f000);
    EXPECT(*(volatile uint64_t *)(SCRATCH + 8) == 0xffffffff0ff0f000);
    EXPECT(*(volatile uint8_t *)(SCRATCH + 10) == 0xf0);
    /* Several words. The status is shown meanwhile, in loads of each size. */
    store32(SCRATCH, BUFFER);
    EXPECT(load32(SCRATCH) == READY);
    store32(SCRATCH, BOTH(2 - 1));
    store32(SCRATCH + 16, 0x11111111);
    store32(SCRATCH + 20, CONFIRM);
    EXPECT(*(volatile uint64_t *)SCRATCH == 0x0080008000800080);
    EXPECT(*(volatile uint8_t *)SCRATCH == 0x80);
    store32(SCRATCH, CONFIRM);
    EXPECT(status_of(SCRATCH) == READY);
    EXPECT(load32(SCRATCH + 16) == 0x11111111 && load32(SCRATCH + 20) == CONFIRM);
    EXPECT(load32(SCRATCH + 24) == ~0u);
    /* Firmware asks so whether a block is locked, before it programs. */
    store32(SCRATCH, IDENTIFY);
    EXPECT(load32(SCRATCH + 8) == 0);
    EXPECT(status_of(SCRATCH) == READY);
    /* What is no command, or not confirmed, does nothing. */
    store32(SCRATCH, ERASE);
    store32(SCRATCH, MEMORY);
    EXPECT(status_of(SCRATCH) == NO_COMMAND);
    store32(SCRATCH, BOTH(0x99));
    EXPECT(status_of(SCRATCH) == NO_COMMAND);
    store32(SCRATCH, LOCK);
    store32(SCRATCH, CONFIRM);
    EXPECT(status_of(SCRATCH) == READY);
    EXPECT(load32(SCRATCH + 16) == 0x11111111);
}

/* By instructions of 32 bits: see entry.S. */
#define STORE(size, address)                                                                       \
    __asm__ volatile(".option push; .option norvc; s" size " zero, 0(%0); .option pop"             \
                     :                                                                             \
                     : "r"(address)                                                                \
                     : "memory")

static void
faults_try(void)
{
    uint32_t first = load32(FIRMWARE);

    *CAUSE = 0;
    STORE("w", FIRMWARE);
    EXPECT(*CAUSE == STORE_ACCESS_FAULT && load32(FIRMWARE) == first);
    *CAUSE = 0;
    STORE("h", SCRATCH);
    EXPECT(*CAUSE == STORE_ACCESS_FAULT);
}

/* The second of two words comes after the key: until then the machine can be saved, or move. */
static void
command_hold(void)
{
    EXPECT(erase(SCRATCH) == READY);
    store32(SCRATCH, BUFFER);
    store32(SCRATCH, BOTH(2 - 1));
    store32(SCRATCH + 16, 0x22222222);
    print("half\n");
    while (!(uart_load(LSR) & 1))
        ;
    (void)uart_load(RHR);
    EXPECT(load32(SCRATCH) == READY);
    store32(SCRATCH + 20, 0x33333333);
    store32(SCRATCH, CONFIRM);
    EXPECT(status_of(SCRATCH) == READY);
    EXPECT(load32(SCRATCH + 16) == 0x22222222 && load32(SCRATCH + 20) == 0x33333333);
    EXPECT(load32(SCRATCH + 24) == ~0u);
    print("whole\n");
    store32(TEST, TEST_PASS);
}

void
begin(uint64_t hart, const void *fdt)
{
    uint32_t bits, runs = 0;

    EXPECT(hart == 0 && tree_find(fdt, "cfi-flash"));
    if (load32(HOLD) == 1)
        command_hold();
    if (load32(VARIABLES) == 0 && erase(VARIABLES) != READY) {
        print("erase failed\n");
        store32(TEST, TEST_FAIL(5));
    }
    for (bits = load32(VARIABLES); !(bits & 1); bits >>= 1)
        runs++;
    print("run ");
    print_number(runs);
    print("\n");
    if (program(VARIABLES, load32(VARIABLES) << 1) != READY) {
        print("program failed\n");
        store32(TEST, TEST_FAIL(6));
    }
    commands_try();
    faults_try();
    store32(VARIABLES, STATUS); /* a reset leads back to the memory */
    store32(TEST, runs % 2 == 0 ? TEST_RESET : TEST_PASS);
}

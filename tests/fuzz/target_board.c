/*
 * The board's devices, register by register: the input is what two harts load and store, what a
 * driver writes to RAM, what is typed, and what a person asks of the balloon. Virtio's devices
 * without a thread are served as they are under duet; there are no disks (target_virtqueue.c has
 * their queues). The PLIC is held to what its registers say.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fake_vm.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/board/virtio.h"
#include "vmm/board/virtio_balloon.h"
#include "vmm/device/console.h"
#include "vmm/device/device.h"

#define STEPS_MAX  256
#define SLOT_FIRST 4
#define SLOTS      3
#define QUEUE_SIZE 8

enum { ACCESS, POKE, SET_UP, PUT, NOTIFY, TYPE, ASK, STEPS };

static const struct device *const device[] = {&device_plic, &device_uart,   &device_test_device,
                                              &device_rtc,  &device_virtio, &device_clint};
static const struct options options = {.board = true,
                                       .cpus = 2,
                                       .virtio = OPTION_VIRTIO_RNG | OPTION_VIRTIO_CONSOLE |
                                                 OPTION_VIRTIO_BALLOON};
static bool is_claimed[PLIC_IRQ_MAX + 1];

/* An access as a hart makes it. False: it faults. */
static bool
access_make(unsigned hart, uint64_t gpa, struct bus_access *access)
{
    for (unsigned i = 0; i < fake_vm.bus.count; i++) {
        const struct bus_range *range = &fake_vm.bus.range[i];

        access->offset = gpa - range->base;
        if (access->offset < range->size && access->len <= range->size - access->offset)
            return range->serve(&fake_vm.vcpu[hart], range->device, access);
    }
    return false;
}

static uint32_t
load(uint64_t gpa)
{
    struct bus_access access = {.len = 4};

    fuzz_check(access_make(0, gpa, &access), "no register at 0x%lx", gpa);
    return (uint32_t)access.data;
}

static bool
store(uint64_t gpa, unsigned len, uint64_t value)
{
    struct bus_access access = {.len = len, .is_store = true, .data = value};

    return access_make(0, gpa, &access);
}

/* --- The PLIC --------------------------------------------------------------------------------- */

static uint64_t
enable_gpa(unsigned hart, unsigned irq)
{
    return BOARD_PLIC_BASE + 0x2080 + 0x100UL * hart + 4 * (irq / 32);
}

static uint64_t
context_gpa(unsigned hart)
{
    return BOARD_PLIC_BASE + 0x201000 + 0x2000UL * hart;
}

/* A hart is interrupted exactly when an interrupt is pending that it lets through. */
static void
plic_check(void)
{
    for (unsigned hart = 0; hart < fake_vm.vcpu_count; hart++) {
        uint32_t threshold = load(context_gpa(hart));
        bool is_due = false;

        for (unsigned irq = 1; irq <= PLIC_IRQ_MAX; irq++)
            is_due |= !is_claimed[irq] &&
                      load(BOARD_PLIC_BASE + 0x1000 + 4 * (irq / 32)) >> irq % 32 & 1 &&
                      load(enable_gpa(hart, irq)) >> irq % 32 & 1 &&
                      load(BOARD_PLIC_BASE + 4UL * irq) > threshold;
        fuzz_check(is_due == !!(fake_vm.vcpu[hart].irq.levels & 1u << IRQ_PLIC),
                   "hart %u: due %d, but interrupted: 0x%x", hart, is_due,
                   fake_vm.vcpu[hart].irq.levels);
    }
}

/* Which interrupts are being served is to be seen in claims and completions only. */
static void
claims_follow(uint64_t gpa, const struct bus_access *access)
{
    for (unsigned context = 0; context < 2 * fake_vm.vcpu_count; context++) {
        uint64_t base = BOARD_PLIC_BASE + 0x200000 + 0x1000UL * context;
        uint64_t irq = (uint32_t)access->data, word = BOARD_PLIC_BASE + 0x2000 + 0x80UL * context;

        if (gpa != base + 4 || irq == 0 || irq > PLIC_IRQ_MAX)
            continue;
        if (!access->is_store) {
            fuzz_check(!is_claimed[irq], "interrupt %lu is claimed twice", irq);
            is_claimed[irq] = true;
        } else if (load(word + 4 * (irq / 32)) >> irq % 32 & 1) {
            is_claimed[irq] = false;
        }
    }
}

/* --- Steps ------------------------------------------------------------------------------------ */

static void
access_step(struct input *input)
{
    static const struct {
        uint64_t base, size;
    } place[] = {{BOARD_UART_BASE, 16},
                 {BOARD_PLIC_BASE, 0x200},
                 {BOARD_PLIC_BASE + 0x1000, 0x10},
                 {BOARD_PLIC_BASE + 0x2000, 0x200},
                 {BOARD_PLIC_BASE + 0x200000, 0x5000},
                 {BOARD_TEST_BASE, 8},
                 {BOARD_RTC_BASE, 0x20},
                 {BOARD_VIRTIO_BASE(SLOT_FIRST), 0x1000 * SLOTS}};
    unsigned which = (unsigned)take(input, 1) % COUNT_OF(place), how = (unsigned)take(input, 1);
    struct bus_access access = {.len = 1u << (how & 3), .is_store = how & 4};
    uint64_t gpa = place[which].base + take(input, 2) % place[which].size;

    if (!(how & 8)) /* mostly as registers are wide */
        access.len = which == 0 ? 1 : 4;
    gpa &= ~(uint64_t)(access.len - 1);
    access.data = access.is_store ? take_value(input, FAKE_BASE, FAKE_END) : 0;
    if (access.len < 8)
        access.data &= (1UL << 8 * access.len) - 1;
    if (access_make(how >> 4 & 1, gpa, &access) && access.len == 4)
        claims_follow(gpa, &access);
}

static uint64_t
slot_gpa(struct input *input)
{
    return BOARD_VIRTIO_BASE(SLOT_FIRST + take(input, 1) % SLOTS);
}

/* A queue that mostly works. */
static void
set_up_step(struct input *input)
{
    uint64_t slot = slot_gpa(input), number = take(input, 1) % 4;
    uint64_t place[3];

    for (unsigned i = 0; i < 3; i++)
        place[i] = FAKE_BASE + take(input, 1) * 0x100;
    store(slot + 0x70, 4, 0);
    store(slot + 0x70, 4, 3);
    store(slot + 0x24, 4, 0);
    store(slot + 0x20, 4, take(input, 1) << 28 & 0x30000000);
    store(slot + 0x70, 4, 11);
    store(slot + 0x30, 4, number);
    store(slot + 0x38, 4, QUEUE_SIZE);
    for (unsigned i = 0; i < 3; i++) {
        store(slot + 0x80 + 0x10 * i, 4, (uint32_t)place[i]);
        store(slot + 0x84 + 0x10 * i, 4, place[i] >> 32);
    }
    store(slot + 0x44, 4, 1);
    store(slot + 0x70, 4, 15);
}

/* A descriptor of a table at `at`, and its number as the next of a ring. */
static void
put_step(struct input *input)
{
    struct {
        uint64_t address;
        uint32_t len;
        uint16_t flags, next;
    } descriptor;
    uint64_t number = take(input, 1) % QUEUE_SIZE;
    uint8_t *table = fake_vm.mem.hva + take(input, 1) % 0x80 * 0x100;
    uint16_t ring[2];
    uint8_t *available = fake_vm.mem.hva + take(input, 1) % 0x80 * 0x100;

    descriptor.address = FAKE_BASE + take(input, 2);
    descriptor.len = (uint32_t)take(input, 2);
    descriptor.flags = (uint16_t)take(input, 1) & 7;
    descriptor.next = (uint16_t)take(input, 1);
    memcpy(table + 16 * number, &descriptor, sizeof(descriptor));
    memcpy(ring, available, sizeof(ring));
    available[4 + 2 * (ring[1] % QUEUE_SIZE)] = (uint8_t)number;
    available[5 + 2 * (ring[1] % QUEUE_SIZE)] = 0;
    ring[1]++;
    memcpy(available, ring, sizeof(ring));
}

static void
step(struct input *input)
{
    char text[32];
    uint64_t at, len, slot;

    switch (take(input, 1) % STEPS) {
    case ACCESS:
        access_step(input);
        break;
    case POKE:
        at = take(input, 2);
        len = take(input, 1) % 64;
        if (at + len <= FAKE_RAM)
            take_bytes(input, fake_vm.mem.hva + at, len);
        break;
    case SET_UP:
        set_up_step(input);
        break;
    case PUT:
        put_step(input);
        break;
    case NOTIFY:
        slot = slot_gpa(input);
        store(slot + 0x50, 4, take(input, 1) % 4);
        break;
    case TYPE:
        len = take(input, 1) % sizeof(text);
        take_bytes(input, text, len);
        fuzz_check(console_feed(&fake_vm, text, len, -1) <= len, "more was typed");
        break;
    case ASK:
        virtio_balloon_ask(virtio_balloon_of(&fake_vm), take_value(input, 0, FAKE_RAM));
        fuzz_check(load(BOARD_VIRTIO_BASE(6)) == 0x74726976, "the balloon is gone");
        break;
    }
    virtio_vcpu_kicked(&fake_vm.vcpu[0]);
    plic_check();
}

/* The console is the process's, and may have something of the last input. */
static void
console_empty(void)
{
    char text[64];

    while (console_read(console_of(&fake_vm), text, sizeof(text)).value > 0)
        ;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_quiet;
    struct input input = {data, size};

    if (!is_quiet) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        is_quiet = true;
    }
    fake_vm_begin();
    fake_vm.options = &options;
    irq_init(&fake_vm.vcpu[1].irq, -1);
    memset(fake_vm.mem.hva, 0, FAKE_RAM);
    memset(is_claimed, 0, sizeof(is_claimed));
    console_empty();
    said_begin();
    for (unsigned i = 0; i < COUNT_OF(device); i++)
        fuzz_check(device[i]->create(&fake_vm) == 0, "no %s", device[i]->name);
    for (unsigned steps = 0; input.left > 0 && steps < STEPS_MAX; steps++)
        step(&input);
    for (unsigned i = COUNT_OF(device); i-- > 0;)
        if (device[i]->destroy)
            device[i]->destroy(&fake_vm);
    said_end();
    return 0;
}

/* A driver of each virtio device: a queue, buffers of each kind, notifications, input. */
static void
driver_seed(const char *name, unsigned slot, unsigned number, unsigned flags)
{
    struct output seed = {0};

    give(&seed, SET_UP, 1);
    give(&seed, slot, 1);
    give(&seed, number, 1);
    give(&seed, 1, 1); /* descriptors, available, used: at 0x100, 0x200, 0x300 */
    give(&seed, 2, 1);
    give(&seed, 3, 1);
    give(&seed, flags, 1);
    give(&seed, TYPE, 1);
    give(&seed, 5, 1);
    give_bytes(&seed, "typed", 5);
    for (unsigned i = 0; i < 3; i++) {
        give(&seed, PUT, 1);
        give(&seed, i, 1);
        give(&seed, 1, 1);
        give(&seed, 2, 1);
        give(&seed, 0x1000 * (i + 1), 2);
        give(&seed, 0x1000, 2);
        give(&seed, i == 2 ? 0 : 2, 1);
        give(&seed, 0, 1);
        give(&seed, NOTIFY, 1);
        give(&seed, slot, 1);
        give(&seed, number, 1);
    }
    give(&seed, ASK, 1);
    give_value(&seed, 0x4000);
    seed_write(name, seed.data, seed.len);
}

static void
store_give(struct output *seed, unsigned place, unsigned offset, uint64_t value)
{
    give(seed, ACCESS, 1);
    give(seed, place, 1);
    give(seed, 4, 1);
    give(seed, offset, 2);
    give_value(seed, value);
}

static void
load_give(struct output *seed, unsigned place, unsigned offset)
{
    give(seed, ACCESS, 1);
    give(seed, place, 1);
    give(seed, 0, 1);
    give(seed, offset, 2);
}

/* The UART's interrupt, from its cause to its completion. */
static void
interrupt_seed(void)
{
    struct output seed = {0};

    store_give(&seed, 1, 4 * BOARD_UART_IRQ, 1);
    store_give(&seed, 3, 0x80, 1 << BOARD_UART_IRQ);
    store_give(&seed, 0, 1, 3); /* IER */
    give(&seed, TYPE, 1);
    give(&seed, 1, 1);
    give(&seed, 'a', 1);
    store_give(&seed, 4, 0x1000, 1); /* the threshold */
    store_give(&seed, 4, 0x1000, 0);
    load_give(&seed, 4, 0x1004); /* claim */
    load_give(&seed, 0, 0);
    store_give(&seed, 0, 0, 'b');
    store_give(&seed, 4, 0x1004, BOARD_UART_IRQ);
    load_give(&seed, 4, 0x1004);
    seed_write("interrupt", seed.data, seed.len);
}

void
fuzz_seeds(void)
{
    driver_seed("rng", 0, 0, 0);
    driver_seed("console-in", 1, 0, 1);
    driver_seed("console-out", 1, 1, 2);
    driver_seed("inflate", 2, 0, 3);
    driver_seed("report", 2, 2, 0);
    interrupt_seed();
}

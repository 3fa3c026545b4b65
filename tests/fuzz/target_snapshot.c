/* A saved machine: the input is the head behind its first words, which are made right; and the
 * state of the devices in it, and of M-mode, is put into a machine, whose devices and M-mode
 * instructions are served once then. */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/riscv.h"
#include "tests/fuzz/fake_vm.h"
#include "vmm/board/board.h"
#include "vmm/board/machine_mode.h"
#include "vmm/board/virtio.h"
#include "vmm/device/device.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/log.h"
#include "vmm/state/snapshot.h"

/* Those of virtio's devices that are not disks. */
#define SLOT_FIRST 4
#define SLOTS      3

/* The board's devices, which a machine has for as long as an input is tried. */
static const struct device *const board[] = {&device_plic, &device_uart,   &device_test_device,
                                             &device_rtc,  &device_virtio, &device_clint};
static struct options options;

int
trap_raise(struct vcpu *vcpu, uint64_t at, uint64_t cause, uint64_t value)
{
    (void)vcpu, (void)at, (void)cause, (void)value;
    return 0;
}

/* The machine that the options say. */
static void
machine_begin(unsigned cpus)
{
    fake_vm_begin();
    fake_vm.options = &options;
    fake_vm.vcpu_count = cpus;
    for (unsigned id = 1; id < cpus; id++)
        irq_init(&fake_vm.vcpu[id].irq, -1);
    for (unsigned i = 0; options.board && i < COUNT_OF(board); i++)
        fuzz_check(board[i]->create(&fake_vm) == 0, "no %s", board[i]->name);
}

static void
machine_end(void)
{
    machine_mode_destroy(&fake_vm);
    for (unsigned i = COUNT_OF(board); options.board && i-- > 0;)
        if (board[i]->destroy)
            board[i]->destroy(&fake_vm);
}

/* Whoever comes to one of M-mode's instructions. */
static void
machine_mode_serve(struct state_reader planted)
{
    uint64_t count = state_get(&planted);

    for (uint64_t i = 0; i < count; i++) {
        fake_vm_pc = state_get(&planted);
        state_get(&planted);
        for (unsigned id = 0; id < fake_vm.vcpu_count; id++)
            machine_mode_ebreak_serve(&fake_vm.vcpu[id]);
    }
}

/* What is in the snapshot is put into a machine. */
static void
state_load(struct snapshot *snapshot)
{
    struct state_reader machine_mode = snapshot->machine_mode, devices = snapshot->devices;
    const char *said;
    int result;

    options = (struct options){.cpus = snapshot->cpus,
                               .log_level = DUET_LOG_DEBUG,
                               .board = snapshot->board,
                               .virtio = snapshot->virtio};
    machine_begin(snapshot->cpus);
    fuzz_check(machine_mode_load(&fake_vm, &machine_mode) == 0, "no M-mode");
    if (state_is_read(&machine_mode) && snapshot->machine_mode.left)
        machine_mode_serve(snapshot->machine_mode);
    said_begin();
    result = devices_load(&fake_vm, snapshot->path, &devices);
    said = said_end();
    if (result)
        check_one_line(said);
    else if (!snapshot->board)
        fake_vm_interrupt_check();
    said_begin();
    if (result == 0)
        virtio_vcpu_kicked(&fake_vm.vcpu[0]);
    for (unsigned id = 0; result == 0 && id < fake_vm.vcpu_count; id++)
        machine_mode_vcpu_kicked(&fake_vm.vcpu[id]);
    machine_end();
    said_end();
}

/* Writes the head, and RAM if its size is found where it should be. */
static void
file_write(int fd, const uint8_t *body, size_t size)
{
    uint64_t preamble[4] = {0, SNAPSHOT_VERSION, sizeof(preamble) + size,
                            state_sum(STATE_SUM_NONE, body, size)};
    uint64_t memory = 0, ram = (sizeof(preamble) + size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;

    memcpy(preamble, SNAPSHOT_MAGIC, 8);
    if (size >= 16)
        memcpy(&memory, body + 8, 8);
    if (memory > 1ULL << 40)
        memory = 0;
    fuzz_check(ftruncate(fd, 0) == 0 &&
                   pwrite(fd, preamble, sizeof(preamble), 0) == sizeof(preamble) &&
                   pwrite(fd, body, size, sizeof(preamble)) == (ssize_t)size &&
                   ftruncate(fd, (off_t)(ram + memory)) == 0,
               "no memory");
}

static void
harts_check(struct snapshot *snapshot)
{
    for (unsigned i = 0; i < snapshot->cpus; i++) {
        const unsigned char *value;
        uint64_t id;

        while ((value = snapshot_reg_get(&snapshot->hart[i].regs, &id)))
            fuzz_check(snapshot_reg_is_state(id) && value >= snapshot->head &&
                           snapshot_reg_size(id) <= SNAPSHOT_REG_SIZE_MAX,
                       "register 0x%lx", id);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[32];
    static int fd;
    struct snapshot snapshot;
    const char *said;
    int result;

    if (!path[0]) {
        fd = memfd_create("state", 0);
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    size -= size % 8;
    file_write(fd, data, size);
    said_begin();
    result = snapshot_open(&snapshot, path);
    said = said_end();
    if (result) {
        check_one_line(said);
        fuzz_check(snapshot.fd == -1 && !snapshot.head, "a refused file stays open");
        return 0;
    }
    fuzz_check(!said[0], "accepted, with words: %s", said);
    fuzz_check(snapshot.cpus >= 1 && snapshot.cpus <= CPUS_MAX && snapshot.memory > 0 &&
                   snapshot.memory % PAGE_SIZE == 0 && strlen(snapshot.bootargs) <= size &&
                   (snapshot.board || (!snapshot.virtio && !snapshot.machine_mode.left)),
               "accepted: %u harts, %lu bytes of RAM", snapshot.cpus, snapshot.memory);
    harts_check(&snapshot);
    state_load(&snapshot);
    snapshot_close(&snapshot);
    return 0;
}

/* A kernel that begins in M-mode, with instructions of it. */
static void
machine_mode_begin(void)
{
    static const uint32_t code[] = {0xf1402573 /* csrr a0, mhartid */, 0x30200073 /* mret */};
    static const struct elf_image image = {
        .entry = FAKE_BASE,
        .segment_count = 1,
        .segment[0] = {
            .executable = true, .paddr = FAKE_BASE, .filesz = sizeof(code), .memsz = sizeof(code)}};

    memcpy(fake_vm.mem.hva, code, sizeof(code));
    fake_vm.image = &image;
    fuzz_check(machine_mode_create(&fake_vm, FAKE_BASE) == 0, "no M-mode");
}

static void
store(uint64_t gpa, uint32_t value)
{
    struct bus_access access = {.len = 4, .is_store = true, .data = value};

    for (unsigned i = 0; i < fake_vm.bus.count; i++) {
        const struct bus_range *range = &fake_vm.bus.range[i];

        access.offset = gpa - range->base;
        if (access.offset < range->size)
            fuzz_check(range->serve(&fake_vm.vcpu[0], range->device, &access), "it faults");
    }
}

/* A driver's first queue of each device, at 0x100, 0x200 and 0x300 of RAM. */
static void
queues_begin(void)
{
    for (unsigned slot = SLOT_FIRST; slot < SLOT_FIRST + SLOTS; slot++) {
        store(BOARD_VIRTIO_BASE(slot) + 0x38, 8);
        store(BOARD_VIRTIO_BASE(slot) + 0x80, (uint32_t)FAKE_BASE + 0x100);
        store(BOARD_VIRTIO_BASE(slot) + 0x90, (uint32_t)FAKE_BASE + 0x200);
        store(BOARD_VIRTIO_BASE(slot) + 0xa0, (uint32_t)FAKE_BASE + 0x300);
        store(BOARD_VIRTIO_BASE(slot) + 0x44, 1);
        store(BOARD_VIRTIO_BASE(slot) + 0x70, 15);
    }
}

static void
machine_seed(const char *name)
{
    struct state_writer to = {0};
    size_t piece;

    machine_begin(1);
    if (options.board) {
        machine_mode_begin();
        queues_begin();
    }
    state_put(&to, DUET_ABI_VERSION);
    state_put(&to, 1 << 20);
    state_put(&to, 1);
    for (unsigned word = 0; word < 6; word++)
        state_put(&to, word);
    state_put_piece(&to, "run=ls", 6);
    state_put(&to, options.board);
    state_put(&to, options.virtio);
    state_put(&to, 0);
    piece = state_piece_begin(&to);
    state_put(&to, 0x803000000200000a);
    state_put(&to, 1);
    state_put(&to, 0x8020000006000020);
    state_put(&to, 1);
    state_piece_end(&to, piece);
    state_put(&to, DUET_EVENTS);
    piece = state_piece_begin(&to);
    machine_mode_save(&fake_vm, &to);
    state_piece_end(&to, piece);
    piece = state_piece_begin(&to);
    fuzz_check(devices_save(&fake_vm, &to) == 0, "the devices are not saved");
    state_piece_end(&to, piece);
    seed_write(name, to.bytes, to.len);
    free(to.bytes);
    machine_end();
}

void
fuzz_seeds(void)
{
    options = (struct options){.cpus = 1};
    machine_seed("machine");
    options.board = true;
    options.virtio = OPTION_VIRTIO_ALL;
    machine_seed("board");
}

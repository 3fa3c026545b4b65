/* The file that a machine is saved in: what is whole is read as it was written; what is cut off,
 * damaged, of another version or made up is refused, in one line. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "common/riscv.h"
#include "vmm/state/snapshot.h"

#define MEMORY (4ULL << 20)

/* Ids as KVM has them: a0 and a floating-point register, 8 bytes each, fcsr, 4, and v1, 32. */
#define REG_A0        0x803000000200000aULL
#define REG_F0        0x8030000006000000ULL
#define REG_FCSR      0x8020000006000020ULL
#define REG_V1        0x8050000009000006ULL
#define REG_FREQUENCY 0x8030000004000000ULL
#define REG_ISA_EXT   0x8030000007000003ULL

static int fd;
static char path[32];

static int
file_create(void **state)
{
    (void)state;
    fd = memfd_create("state", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return fd < 0;
}

/* What is written; a test changes it first. */
static struct machine {
    uint64_t version, abi_version, memory, cpus, harts, stopped, reg, events, more, board, virtio;
    size_t machine_mode; /* bytes */
    uint64_t files, file_bytes, end;
    int sum_is_wrong;
} machine;

static void
machine_begin(void)
{
    machine = (struct machine){.version = SNAPSHOT_VERSION,
                               .abi_version = DUET_ABI_VERSION,
                               .memory = MEMORY,
                               .cpus = 2,
                               .harts = 2,
                               .reg = REG_A0,
                               .events = DUET_EVENT_CONSOLE};
}

static size_t
machine_write(void)
{
    static const unsigned char vector[32] = {7};
    struct state_writer to = {0};
    uint64_t len, sum;
    size_t piece;

    state_put_padded(&to, SNAPSHOT_MAGIC, 8);
    state_put(&to, machine.version);
    state_put(&to, 0);
    state_put(&to, 0);
    state_put(&to, machine.abi_version);
    state_put(&to, machine.memory);
    state_put(&to, machine.cpus);
    for (uint64_t word = 1; word <= 6; word++) /* struct snapshot_kind, and the image's sum */
        state_put(&to, word);
    state_put_piece(&to, "a b", 3);
    state_put(&to, machine.board);
    state_put(&to, machine.virtio);
    for (uint64_t hart = 0; hart < machine.harts; hart++) {
        state_put(&to, hart == 0 ? machine.stopped : 1);
        piece = state_piece_begin(&to);
        state_put(&to, machine.reg);
        state_put(&to, 42);
        state_put(&to, REG_FCSR);
        state_put(&to, 5);
        state_put(&to, REG_V1);
        state_put_padded(&to, vector, sizeof(vector));
        state_piece_end(&to, piece);
    }
    state_put(&to, machine.events);
    state_put_piece(&to, vector, machine.machine_mode);
    state_put_piece(&to, "devices", 7);
    piece = state_piece_begin(&to);
    for (uint64_t i = 0; i < machine.files; i++)
        state_put(&to, machine.file_bytes);
    state_piece_end(&to, piece);
    for (uint64_t i = 0; i < machine.more; i++)
        state_put(&to, 0);
    len = to.len;
    sum = state_sum(STATE_SUM_NONE, to.bytes + SNAPSHOT_PREAMBLE, len - SNAPSHOT_PREAMBLE);
    memcpy(to.bytes + 16, &len, 8);
    memcpy(to.bytes + 24, &sum, 8);
    to.bytes[24] ^= machine.sum_is_wrong;
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, to.bytes, len, 0), len);
    machine.end = (len + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE + machine.memory;
    if (machine.file_bytes < MEMORY)
        machine.end +=
            machine.files * ((machine.file_bytes + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE);
    assert_int_equal(ftruncate(fd, (off_t)machine.end), 0);
    free(to.bytes);
    return len;
}

static void
refused(const char *words)
{
    struct snapshot snapshot;
    const char *said;
    int result;

    capture_begin(STDERR_FILENO);
    result = snapshot_open(&snapshot, path);
    said = capture_end();
    expect(result == -1, "accepted, but should be refused with: %s", words);
    expect_one_line(said);
    expect(strstr(said, words) != NULL, "said \"%s\", not \"%s\"", said, words);
    expect(snapshot.fd == -1 && !snapshot.head && !snapshot.bootargs, "something stays open");
}

static void
what_is_written_is_read(void **state)
{
    struct snapshot snapshot;
    const unsigned char *value;
    uint64_t id = 0;

    (void)state;
    machine_begin();
    machine_write();
    assert_int_equal(snapshot_open(&snapshot, path), 0);
    assert_int_equal(snapshot.memory, MEMORY);
    assert_int_equal(snapshot.cpus, 2);
    assert_int_equal(snapshot.ram_offset, PAGE_SIZE);
    assert_int_equal(snapshot.kind.timebase, 1);
    assert_int_equal(snapshot.kind.isa[1], 5);
    assert_int_equal(snapshot.image_sum, 6);
    assert_string_equal(snapshot.bootargs, "a b");
    assert_int_equal(snapshot.hart[0].stopped, 0);
    assert_int_equal(snapshot.hart[1].stopped, 1);
    value = snapshot_reg_get(&snapshot.hart[1].regs, &id);
    assert_int_equal(id, REG_A0);
    assert_int_equal(*value, 42);
    value = snapshot_reg_get(&snapshot.hart[1].regs, &id);
    assert_int_equal(id, REG_FCSR);
    assert_int_equal(*value, 5);
    value = snapshot_reg_get(&snapshot.hart[1].regs, &id);
    assert_int_equal(id, REG_V1);
    assert_int_equal(*value, 7);
    assert_null(snapshot_reg_get(&snapshot.hart[1].regs, &id));
    assert_int_equal(snapshot.events_enabled, DUET_EVENT_CONSOLE);
    assert_memory_equal(snapshot.devices.at, "devices", 7);
    assert_int_equal(snapshot.devices.left, 7);
    assert_false(snapshot.board || snapshot.virtio || snapshot.machine_mode.left);
    snapshot_close(&snapshot);
    machine.board = 1;
    machine.virtio = OPTION_VIRTIO_CONSOLE;
    machine.machine_mode = 16;
    machine_write();
    assert_int_equal(snapshot_open(&snapshot, path), 0);
    assert_true(snapshot.board);
    assert_int_equal(snapshot.virtio, OPTION_VIRTIO_CONSOLE);
    assert_int_equal(snapshot.machine_mode.left, 16);
    assert_int_equal(snapshot.copies.count, 0);
    snapshot_close(&snapshot);
    machine.files = IMAGE_FILES;
    machine.file_bytes = PAGE_SIZE + 512;
    machine_write();
    assert_int_equal(snapshot_open(&snapshot, path), 0);
    assert_int_equal(snapshot.copies.count, IMAGE_FILES);
    assert_int_equal(snapshot.copies.bytes[2], PAGE_SIZE + 512);
    assert_int_equal(snapshot.copies.offset[0], snapshot.ram_offset + MEMORY);
    assert_int_equal(snapshot.copies.offset[2], snapshot.copies.offset[0] + 4 * PAGE_SIZE);
    snapshot_close(&snapshot);
    assert_int_equal(snapshot.fd, -1);
}

static void
what_is_cut_off_is_refused(void **state)
{
    size_t len;

    (void)state;
    machine_begin();
    len = machine_write();
    for (size_t cut = 0; cut <= PAGE_SIZE + MEMORY - 1; cut += cut < len + 8 ? 1 : PAGE_SIZE - 1) {
        machine_write();
        assert_int_equal(ftruncate(fd, (off_t)cut), 0);
        refused(cut < 32 ? "is no file that duet has saved" : "cut off");
    }
    machine_write();
    assert_int_equal(ftruncate(fd, PAGE_SIZE + MEMORY + 1), 0);
    refused("cut off");
}

static void
a_bit_that_flips_in_the_head_is_refused(void **state)
{
    size_t len;

    (void)state;
    machine_begin();
    len = machine_write();
    for (size_t bit = 0; bit < 8 * len; bit++) {
        unsigned char byte;

        assert_int_equal(pread(fd, &byte, 1, (off_t)(bit / 8)), 1);
        byte ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
        refused(bit < 64    ? "is no file that duet has saved"
                : bit < 128 ? "of the format, this duet reads version"
                : bit < 192 ? "save anew"
                            : "its sum is wrong");
        byte ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
    }
}

/* These have the right sum. */
static void
what_is_made_up_is_refused(void **state)
{
    static const uint64_t huge[] = {0, 1, PAGE_SIZE, MEMORY + PAGE_SIZE, 1ULL << 40, UINT64_MAX};
    static const uint64_t ids[] = {0,
                                   REG_FREQUENCY,
                                   REG_ISA_EXT,
                                   UINT64_MAX,
                                   REG_A0 ^ (1ULL << 62),
                                   REG_A0 | 0xfULL << 52,
                                   0x8000000002000001ULL};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(huge); i++) {
        machine_begin();
        machine.memory = huge[i];
        if (huge[i] >> 36) { /* such a file cannot be made */
            uint64_t sum;
            unsigned char head[4096];
            size_t len;

            machine.memory = MEMORY;
            len = machine_write();
            assert_int_equal(pread(fd, head, len, 0), len);
            memcpy(head + 40, &huge[i], 8);
            sum = state_sum(STATE_SUM_NONE, head + 32, len - 32);
            memcpy(head + 24, &sum, 8);
            assert_int_equal(pwrite(fd, head, len, 0), len);
        } else {
            machine_write();
        }
        refused("something in it cannot be");
    }
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        machine_begin();
        machine.reg = ids[i];
        machine_write();
        refused("something in it cannot be");
    }
    machine_begin();
    machine.cpus = machine.harts = 0;
    machine_write();
    refused("something in it cannot be");
    machine.cpus = machine.harts = CPUS_MAX + 1;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.harts = 1;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.stopped = 2;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.events = 1ULL << 63;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.more = 1;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.abi_version = 77;
    machine_write();
    refused("ABI version 77");
    machine_begin();
    machine.version = SNAPSHOT_VERSION + 1;
    machine_write();
    refused("of the format, this duet reads version");
    machine_begin();
    machine.board = 2;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.board = 1;
    machine.virtio = OPTION_VIRTIO_ALL + 1;
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.virtio = OPTION_VIRTIO_RNG; /* without a board */
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.machine_mode = 8; /* likewise */
    machine_write();
    refused("something in it cannot be");
    machine_begin();
    machine.files = IMAGE_FILES + 1;
    machine_write();
    refused("something in it cannot be");
    machine.files = IMAGE_FILES;
    machine.file_bytes = 100;
    machine_write();
    refused("something in it cannot be");
    machine.file_bytes = UINT64_MAX - 511;
    machine_write();
    refused("something in it cannot be");
    machine.file_bytes = 1ULL << 50;
    machine_write();
    refused("cut off");
    machine_begin();
    machine.sum_is_wrong = 1;
    machine_write();
    refused("its sum is wrong");
}

static void
what_is_no_file_is_refused(void **state)
{
    struct snapshot snapshot;

    (void)state;
    capture_begin(STDERR_FILENO);
    assert_int_equal(snapshot_open(&snapshot, "/"), -1);
    assert_string_equal(capture_end(), "duet: /: is not a file\n");
    capture_begin(STDERR_FILENO);
    assert_int_equal(snapshot_open(&snapshot, "/nowhere"), -1);
    assert_string_equal(capture_end(), "duet: /nowhere: No such file or directory\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(a_bit_that_flips_in_the_head_is_refused),
        cmocka_unit_test(what_is_made_up_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
    };

    return cmocka_run_group_tests(tests, file_create, NULL);
}

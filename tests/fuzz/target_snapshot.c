/* A saved machine: the input is the head behind its first words, which are made right; and the
 * state of the devices in it is put into a machine. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/riscv.h"
#include "tests/fuzz/fake_vm.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/state/snapshot.h"

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
                   snapshot.memory % PAGE_SIZE == 0 && strlen(snapshot.bootargs) <= size,
               "accepted: %u harts, %lu bytes of RAM", snapshot.cpus, snapshot.memory);
    harts_check(&snapshot);
    fake_vm_begin();
    said_begin();
    result = devices_load(&fake_vm, path, &snapshot.devices);
    said = said_end();
    if (result)
        check_one_line(said);
    else
        fake_vm_interrupt_check();
    snapshot_close(&snapshot);
    return 0;
}

void
fuzz_seeds(void)
{
    struct state_writer to = {0};
    size_t piece;

    state_put(&to, DUET_ABI_VERSION);
    state_put(&to, 1 << 20);
    state_put(&to, 1);
    for (unsigned word = 0; word < 6; word++)
        state_put(&to, word);
    state_put_piece(&to, "run=ls", 6);
    state_put(&to, 0);
    piece = state_piece_begin(&to);
    state_put(&to, 0x803000000200000a);
    state_put(&to, 1);
    state_put(&to, 0x8020000006000020);
    state_put(&to, 1);
    state_piece_end(&to, piece);
    state_put(&to, DUET_EVENTS);
    piece = state_piece_begin(&to);
    fake_vm_begin();
    fuzz_check(devices_save(&fake_vm, &to) == 0, "the devices are not saved");
    state_piece_end(&to, piece);
    seed_write("machine", to.bytes, to.len);
    free(to.bytes);
}

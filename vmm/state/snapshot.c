/* The file that a machine is saved in, as it is read. */
#include "vmm/state/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/disk.h"
#include "abi/hypercalls.h"
#include "common/riscv.h"
#include "vmm/log.h"

/* KVM's ids of registers, Linux's Documentation/virt/kvm/api.rst, "4.68 KVM_SET_ONE_REG". */
#define ID_ARCH         0xff00000000000000
#define ID_RISCV        0x8000000000000000
#define ID_SIZE_SHIFT   52
#define ID_TYPE_SHIFT   24
#define ID_CORE         0x02
#define ID_CSR          0x03
#define ID_TIMER        0x04
#define ID_FP_F         0x05
#define ID_FP_D         0x06
#define ID_VECTOR       0x09
#define ID_SBI_STATE    0x0a
#define TIMER_FREQUENCY 0
#define ID_NUMBER       0xffff

/* Of words that a limit is checked for. */
#define BOOTARGS_MAX 65536
#define MEMORY_MAX   (64ULL << 30)

/* No copy of a disk is larger: those of all, added up, are still an offset in a file. */
#define COPY_BYTES_MAX (1ULL << 50)

bool
snapshot_reg_is_state(uint64_t id)
{
    unsigned type = id >> ID_TYPE_SHIFT & 0xff;

    if ((id & ID_ARCH) != ID_RISCV || snapshot_reg_size(id) < sizeof(uint32_t) ||
        snapshot_reg_size(id) > SNAPSHOT_REG_SIZE_MAX)
        return false;
    return type == ID_CORE || type == ID_CSR || type == ID_FP_F || type == ID_FP_D ||
           type == ID_VECTOR || type == ID_SBI_STATE ||
           (type == ID_TIMER && (id & ID_NUMBER) != TIMER_FREQUENCY);
}

size_t
snapshot_reg_size(uint64_t id)
{
    return (size_t)1 << (id >> ID_SIZE_SHIFT & 0xf);
}

const unsigned char *
snapshot_reg_get(struct state_reader *regs, uint64_t *id)
{
    if (regs->left == 0)
        return NULL;
    *id = state_get(regs);
    return state_get_padded(regs, snapshot_reg_size(*id));
}

/* Reads `len` bytes from the beginning. False if they are not there. */
static bool
file_read(int fd, void *to, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t got = pread(fd, (char *)to + done, len - done, (off_t)done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* All registers are such that may be set. */
static bool
regs_are_valid(struct state_reader regs)
{
    uint64_t id;

    while (snapshot_reg_get(&regs, &id))
        if (!snapshot_reg_is_state(id))
            return false;
    return state_is_read(&regs);
}

static char *
bootargs_take(struct state_reader piece)
{
    if (piece.failed || piece.left > BOOTARGS_MAX)
        return strdup("");
    return strndup((const char *)piece.at, piece.left);
}

/* Of a piece that is empty there are none. */
static void
copies_take(struct state_reader *from, struct disk_copies *copies)
{
    if (from->left == 0)
        return;
    copies->count = IMAGE_FILES;
    for (unsigned i = 0; i < copies->count; i++) {
        copies->bytes[i] = state_get_max(from, COPY_BYTES_MAX);
        if (copies->bytes[i] % DUET_DISK_SECTOR)
            from->failed = true;
    }
}

/* What follows the preamble. */
static int
body_read(struct snapshot *snapshot, struct state_reader *from)
{
    const char *path = snapshot->path;
    uint64_t abi_version = state_get(from);
    struct state_reader bootargs, copies;

    if (!from->failed && abi_version != DUET_ABI_VERSION)
        return fail("%s: was saved by a duet with ABI version %llu, this one has %d", path,
                    (unsigned long long)abi_version, DUET_ABI_VERSION);
    snapshot->memory = state_get_max(from, MEMORY_MAX);
    snapshot->cpus = (unsigned)state_get_max(from, CPUS_MAX);
    snapshot->kind.timebase = state_get(from);
    snapshot->kind.satp_mode = state_get(from);
    snapshot->kind.letters = state_get(from);
    for (size_t i = 0; i < sizeof(snapshot->kind.isa) / sizeof(snapshot->kind.isa[0]); i++)
        snapshot->kind.isa[i] = state_get(from);
    snapshot->image_sum = state_get(from);
    bootargs = state_get_piece(from);
    snapshot->bootargs = bootargs_take(bootargs);
    if (!snapshot->bootargs)
        return fail_errno("memory for %s", path);
    snapshot->board = state_get_max(from, 1);
    snapshot->virtio = (unsigned)state_get_max(from, snapshot->board ? OPTION_VIRTIO_ALL : 0);
    for (unsigned i = 0; i < snapshot->cpus; i++) {
        struct snapshot_hart *hart = &snapshot->hart[i];

        hart->stopped = state_get_max(from, 1);
        hart->regs = state_get_piece(from);
        if (!regs_are_valid(hart->regs))
            from->failed = true;
    }
    snapshot->events_enabled = state_get(from);
    snapshot->machine_mode = state_get_piece(from);
    snapshot->devices = state_get_piece(from);
    copies = state_get_piece(from);
    copies_take(&copies, &snapshot->copies);
    if (!state_is_read(from) || !state_is_read(&copies) || snapshot->cpus == 0 ||
        snapshot->memory == 0 || snapshot->memory % (1 << 20) ||
        snapshot->events_enabled & ~(uint64_t)DUET_EVENTS ||
        (!snapshot->board && snapshot->machine_mode.left > 0))
        return fail("%s: is no machine that duet has saved: something in it cannot be", path);
    return 0;
}

static int
head_read(struct snapshot *snapshot, uint64_t file_bytes)
{
    const char *path = snapshot->path;
    unsigned char preamble[SNAPSHOT_PREAMBLE];
    struct state_reader from = {.at = preamble, .left = sizeof(preamble)};
    uint64_t version, bytes, sum, needed;

    if (file_bytes < sizeof(preamble) || !file_read(snapshot->fd, preamble, sizeof(preamble)) ||
        memcmp(state_get_padded(&from, 8), SNAPSHOT_MAGIC, 8) != 0)
        return fail("%s: is no file that duet has saved a machine in", path);
    version = state_get(&from);
    if (version != SNAPSHOT_VERSION)
        return fail("%s: has version %llu of the format, this duet reads version %d: save anew",
                    path, (unsigned long long)version, SNAPSHOT_VERSION);
    bytes = state_get(&from);
    sum = state_get(&from);
    if (bytes < sizeof(preamble) || bytes > SNAPSHOT_HEAD_MAX || bytes % sizeof(uint64_t) ||
        bytes > file_bytes)
        return fail("%s: is cut off, or damaged in its first bytes: save anew", path);
    snapshot->head = malloc(bytes);
    if (!snapshot->head)
        return fail_errno("memory for %s", path);
    if (!file_read(snapshot->fd, snapshot->head, bytes))
        return fail_errno("%s", path);
    from = (struct state_reader){.at = snapshot->head + sizeof(preamble),
                                 .left = bytes - sizeof(preamble)};
    if (state_sum(STATE_SUM_NONE, from.at, from.left) != sum)
        return fail("%s: is damaged: its sum is wrong: save anew", path);
    if (body_read(snapshot, &from))
        return -1;
    snapshot->ram_offset = (bytes + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    needed = disk_copies_place(&snapshot->copies, snapshot->ram_offset + snapshot->memory);
    if (file_bytes != needed)
        return fail("%s: has %llu bytes, and the machine in it needs %llu: it was cut off", path,
                    (unsigned long long)file_bytes, (unsigned long long)needed);
    return 0;
}

int
snapshot_open(struct snapshot *snapshot, const char *path)
{
    /* O_NONBLOCK: without it open() of a FIFO would wait for the other end. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd >= 0)
        return snapshot_open_fd(snapshot, fd, path);
    *snapshot = (struct snapshot){.path = path, .fd = -1};
    return fail_errno("%s", path);
}

int
snapshot_open_fd(struct snapshot *snapshot, int fd, const char *path)
{
    struct stat st;

    *snapshot = (struct snapshot){.path = path, .fd = fd};
    if (fstat(snapshot->fd, &st))
        fail_errno("%s", path);
    else if (!S_ISREG(st.st_mode))
        fail("%s: is not a file", path);
    else if (head_read(snapshot, (uint64_t)st.st_size) == 0)
        return 0;
    snapshot_close(snapshot);
    return -1;
}

void
snapshot_close(struct snapshot *snapshot)
{
    if (snapshot->fd >= 0)
        close(snapshot->fd);
    free(snapshot->head);
    free(snapshot->bootargs);
    *snapshot = (struct snapshot){.path = snapshot->path, .fd = -1};
}

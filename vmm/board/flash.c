/*
 * The board's flash memory (--flash): two units, each a file, where `virt` has them. The first has
 * firmware, in which hart 0 begins. The guest reads and executes it in place, in a slot of KVM's.
 *
 * The second has what the firmware keeps, as UEFI its variables. All accesses to it come here, for
 * a store is a command (Intel's set, which is number 1 in JEDEC's JEP137): to show the status or
 * the memory, to program, which clears bits and sets none, to erase a block, which sets all. The
 * unit is two chips of 16 bits side by side, so that commands and status are in both halves of a
 * word. All of it is in the file alone, which is not mapped: a hole in it for which the host has no
 * room left would end duet. If the host does not take what is stored, the status says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include "common/riscv.h"
#include "vmm/board/board.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/device/disk_copy.h"
#include "vmm/device/image_file.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/state_data.h"

#define WORD_SIZE 4

/* A store of BUFFER says how many, less one, in 16 bits. */
#define WORDS_MAX 0x10000

/* Of RAM is slot 0 (machine/vm.c). */
#define KVM_SLOT 1

enum {
    COMMAND_NONE = 0x00,
    COMMAND_DATA = 0x01, /* ours: the words behind BUFFER, and their confirmation */
    COMMAND_PROGRAM_OLD = 0x10,
    COMMAND_ERASE = 0x20,
    COMMAND_PROGRAM = 0x40,
    COMMAND_CLEAR_STATUS = 0x50,
    COMMAND_LOCK = 0x60, /* and unlock: no block is ever locked */
    COMMAND_STATUS = 0x70,
    COMMAND_IDENTIFY = 0x90, /* and whether blocks are locked */
    COMMAND_CONFIRM = 0xd0,
    COMMAND_BUFFER = 0xe8,
    COMMAND_MEMORY = 0xff,
};

#define STATUS_READY          0x80
#define STATUS_ERASE_FAILED   0x20
#define STATUS_PROGRAM_FAILED 0x10
#define STATUS_NO_COMMAND     (STATUS_ERASE_FAILED | STATUS_PROGRAM_FAILED)

/* The process's: a mapping of the first file, or NULL. */
static void *firmware;

/* The machine's. */
struct flash {
    pthread_mutex_t lock; /* guards what follows, and the file */
    uint8_t shows;        /* what a load gets: COMMAND_MEMORY, _STATUS or _IDENTIFY */
    uint8_t status;       /* STATUS_* */
    uint8_t command;      /* COMMAND_*, that wants another store; or NONE */
    unsigned words;       /* of DATA, that are still to come */
};

static const struct sandbox_group store_calls = SANDBOX_GROUP(SANDBOX_CALL(pwrite64));

static int
file_open(struct image_file *file)
{
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int how = (file->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK;
    struct stat st;

    if (file->is_saved && disk_copy_check(file))
        return -1;
    file->fd = open(file->path, how | (file->is_saved ? O_CREAT : 0), 0666);
    file->cached_fd = file->fd;
    if (file->fd < 0)
        return fail_errno("%s", file->path);
    if (file->is_saved && image_file_restore(file))
        return -1;
    if (fstat(file->fd, &st))
        return fail_errno("%s", file->path);
    if (!S_ISREG(st.st_mode))
        return fail("%s: is not a regular file", file->path);
    if (st.st_size != BOARD_FLASH_SIZE)
        return fail("%s: has %lld bytes, and the board's flash memory takes files of 32 MiB: "
                    "lengthen a copy with truncate -s 32M",
                    file->path, (long long)st.st_size);
    file->bytes = BOARD_FLASH_SIZE;
    return image_file_lock(file);
}

static int
open_files(const struct options *options)
{
    struct image_file *code = &image_files[IMAGE_FIRMWARE];
    struct image_file *variables = &image_files[IMAGE_VARIABLES];

    if (!options->firmware)
        return 0;
    *code = (struct image_file){.option = "--flash=",
                                .path = options->firmware,
                                .fd = -1,
                                .cached_fd = -1,
                                .read_only = true};
    *variables = (struct image_file){.option = "--flash=CODE,",
                                     .path = options->variables,
                                     .fd = -1,
                                     .cached_fd = -1,
                                     .is_saved = options->variables_saved};
    if (file_open(code) || file_open(variables))
        return -1;
    firmware = mmap(NULL, BOARD_FLASH_SIZE, PROT_READ, MAP_PRIVATE, code->fd, 0);
    if (firmware == MAP_FAILED) {
        firmware = NULL;
        return fail_errno("%s: cannot map it", options->firmware);
    }
    sandbox_allow(NULL, &store_calls, NULL);
    return 0;
}

static void
close_files(void)
{
    if (firmware)
        munmap(firmware, BOARD_FLASH_SIZE);
    firmware = NULL;
    for (unsigned i = IMAGE_FIRMWARE; i <= IMAGE_VARIABLES; i++)
        if (image_files[i].path)
            image_file_close(&image_files[i]);
}

/* Whether all of it could be read. */
static bool
file_read(void *to, size_t len, uint64_t offset)
{
    ssize_t got;

    do
        got = pread(image_files[IMAGE_VARIABLES].fd, to, len, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)len;
}

static bool
file_write(const void *from, size_t len, uint64_t offset)
{
    ssize_t put;

    do
        put = pwrite(image_files[IMAGE_VARIABLES].fd, from, len, (off_t)offset);
    while (put < 0 && errno == EINTR);
    return put == (ssize_t)len;
}

static void
word_program(struct flash *flash, uint64_t offset, uint32_t value)
{
    uint32_t word;

    if (file_read(&word, WORD_SIZE, offset)) {
        word &= value;
        if (file_write(&word, WORD_SIZE, offset))
            return;
    }
    flash->status |= STATUS_PROGRAM_FAILED;
}

static void
block_erase(struct flash *flash, uint64_t offset)
{
    unsigned char ones[PAGE_SIZE];

    memset(ones, 0xff, sizeof(ones));
    offset -= offset % BOARD_FLASH_BLOCK;
    for (uint64_t at = 0; at < BOARD_FLASH_BLOCK; at += sizeof(ones))
        if (!file_write(ones, sizeof(ones), offset + at)) {
            flash->status |= STATUS_ERASE_FAILED;
            return;
        }
}

/* A store that is no command's second or later one. */
static void
command_begin(struct flash *flash, uint8_t command)
{
    flash->shows =
        command == COMMAND_MEMORY || command == COMMAND_IDENTIFY ? command : COMMAND_STATUS;
    switch (command) {
    case COMMAND_PROGRAM:
    case COMMAND_PROGRAM_OLD:
    case COMMAND_ERASE:
    case COMMAND_LOCK:
    case COMMAND_BUFFER:
        flash->command = command;
        break;
    case COMMAND_CLEAR_STATUS:
        flash->status = STATUS_READY;
        break;
    case COMMAND_STATUS:
    case COMMAND_IDENTIFY:
    case COMMAND_MEMORY:
        break;
    default:
        flash->status |= STATUS_NO_COMMAND;
    }
}

static void
word_store(struct flash *flash, uint64_t offset, uint32_t value)
{
    uint8_t command = flash->command;
    bool is_confirmed = (value & 0xff) == COMMAND_CONFIRM;

    flash->command = COMMAND_NONE;
    if (command == COMMAND_NONE) {
        command_begin(flash, value & 0xff);
    } else if (command == COMMAND_PROGRAM || command == COMMAND_PROGRAM_OLD) {
        word_program(flash, offset, value);
    } else if (command == COMMAND_BUFFER) {
        flash->command = COMMAND_DATA;
        flash->words = value % WORDS_MAX + 1;
    } else if (command == COMMAND_DATA && flash->words > 0) {
        flash->command = COMMAND_DATA;
        flash->words--;
        word_program(flash, offset, value);
    } else if (command != COMMAND_LOCK && !is_confirmed) {
        flash->status |= STATUS_NO_COMMAND;
    } else if (command == COMMAND_ERASE) {
        block_erase(flash, offset);
    }
}

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct flash *flash = device;
    bool served = true;

    (void)vcpu;
    if (access->is_store && (access->len != WORD_SIZE || access->offset % WORD_SIZE))
        return false;
    pthread_mutex_lock(&flash->lock);
    if (access->is_store)
        word_store(flash, access->offset, (uint32_t)access->data);
    else if (flash->shows == COMMAND_IDENTIFY)
        access->data = 0; /* no block is locked; maker and device have no number */
    else if (flash->shows == COMMAND_STATUS)
        access->data = flash->status * 0x0001000100010001;
    else
        served = file_read(&access->data, access->len, access->offset);
    pthread_mutex_unlock(&flash->lock);
    return served;
}

static int
firmware_slot_add(const struct vm *vm)
{
    struct kvm_userspace_memory_region region = {
        .slot = KVM_SLOT,
        .flags = KVM_MEM_READONLY,
        .guest_phys_addr = BOARD_FLASH_BASE(0),
        .memory_size = BOARD_FLASH_SIZE,
        .userspace_addr = (uint64_t)firmware,
    };

    return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region)
               ? fail_errno("KVM_SET_USER_MEMORY_REGION of the flash memory")
               : 0;
}

static int
create(struct vm *vm)
{
    struct flash *flash;

    if (!vm->options->firmware)
        return 0;
    flash = calloc(1, sizeof(*flash));
    if (!flash)
        return fail_errno("memory for the flash memory");
    pthread_mutex_init(&flash->lock, NULL);
    flash->shows = COMMAND_MEMORY;
    flash->status = STATUS_READY;
    vm->device[DEVICE_flash] = flash;
    if (firmware_slot_add(vm))
        return -1;
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_FLASH_BASE(1),
                                                 .size = BOARD_FLASH_SIZE,
                                                 .serve = serve,
                                                 .device = flash});
}

static void
destroy(struct vm *vm)
{
    free(vm->device[DEVICE_flash]);
    vm->device[DEVICE_flash] = NULL;
}

/* Linux's binding mtd/mtd-physmap.yaml. */
static int
describe(const struct vm *vm, void *fdt)
{
    fdt64_t reg[4];

    if (!vm->options->firmware)
        return 0;
    for (unsigned unit = 0; unit < 2; unit++) {
        reg[2 * unit] = cpu_to_fdt64(BOARD_FLASH_BASE(unit));
        reg[2 * unit + 1] = cpu_to_fdt64(BOARD_FLASH_SIZE);
    }
    DEVICE_TREE_TRY(fdt_begin_node(fdt, "flash@20000000"));
    DEVICE_TREE_TRY(fdt_property_string(fdt, "compatible", "cfi-flash"));
    DEVICE_TREE_TRY(fdt_property(fdt, "reg", reg, sizeof(reg)));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "bank-width", WORD_SIZE));
    return fdt_end_node(fdt);
}

static int
save(struct vm *vm, struct state_writer *to)
{
    const struct flash *flash = vm->device[DEVICE_flash];

    state_put(to, flash != NULL);
    if (!flash)
        return 0;
    if (image_file_mark_save(&image_files[IMAGE_FIRMWARE], to) ||
        image_file_mark_save(&image_files[IMAGE_VARIABLES], to))
        return -1;
    state_put(to, flash->shows);
    state_put(to, flash->status);
    state_put(to, flash->command);
    state_put(to, flash->words);
    return 0;
}

/* Whether that is something that a load can get. */
static bool
is_shown(uint64_t command)
{
    return command == COMMAND_MEMORY || command == COMMAND_STATUS || command == COMMAND_IDENTIFY;
}

/* Whether that wants another store. */
static bool
is_unfinished(uint64_t command)
{
    return command == COMMAND_DATA || command == COMMAND_PROGRAM ||
           command == COMMAND_PROGRAM_OLD || command == COMMAND_ERASE || command == COMMAND_LOCK ||
           command == COMMAND_BUFFER;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    struct flash *flash = vm->device[DEVICE_flash];
    const bool is_there = state_get_max(from, 1);
    uint64_t shows, status, command, words;

    if (from->failed || is_there != (flash != NULL))
        return from->failed
                   ? 0
                   : fail("the machine that was saved has %sflash memory: %s --flash",
                          is_there ? "" : "no ", is_there ? "name its files with" : "leave out");
    if (!is_there)
        return 0;
    if (image_file_mark_check(&image_files[IMAGE_FIRMWARE], from) ||
        image_file_mark_check(&image_files[IMAGE_VARIABLES], from))
        return -1;
    shows = state_get_max(from, COMMAND_MEMORY);
    status = state_get_max(from, STATUS_READY | STATUS_NO_COMMAND);
    command = state_get_max(from, COMMAND_MEMORY);
    words = state_get_max(from, WORDS_MAX);
    if (!is_shown(shows) || (status & ~(uint64_t)STATUS_NO_COMMAND) != STATUS_READY ||
        (command != COMMAND_NONE && !is_unfinished(command)))
        from->failed = true;
    if (from->failed)
        return 0;
    pthread_mutex_lock(&flash->lock);
    flash->shows = (uint8_t)shows;
    flash->status = (uint8_t)status;
    flash->command = (uint8_t)command;
    flash->words = (unsigned)words;
    pthread_mutex_unlock(&flash->lock);
    return 0;
}

const struct device device_flash = {
    .name = "flash memory",
    .is_board = true,
    .open = open_files,
    .close = close_files,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};

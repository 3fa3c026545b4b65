/*
 * The board's flash memory: any access of a guest to its second unit, in any state of its commands.
 * The file behind it is written here: one word of it has a value, and the host may fail to read or
 * write it.
 */
#include "tests/prove/prove.h"

#include "vmm/board/flash.c"

/* with: tests/prove/log.c */

static struct flash flash;
static uint64_t word_at; /* the word's offset */
static uint32_t word;
static uint64_t written_begin, written_end; /* the bytes of the file that were written to */
static bool is_locked;

int
pthread_mutex_lock(pthread_mutex_t *lock)
{
    prove_check(lock == &flash.lock && !is_locked, "its own lock");
    is_locked = true;
    return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *lock)
{
    prove_check(lock == &flash.lock && is_locked, "its own lock");
    is_locked = false;
    return 0;
}

ssize_t
pread(int fd, void *to, size_t len, off_t offset)
{
    (void)fd;
    prove_check(is_locked, "the file is read with the lock held");
    prove_check(len <= 8 && offset >= 0 && (uint64_t)offset + len <= BOARD_FLASH_SIZE,
                "what is read is in the file");
    if (prove_bool("the host cannot read"))
        return -1;
    if (len == WORD_SIZE && (uint64_t)offset == word_at)
        memcpy(to, &word, WORD_SIZE);
    return (ssize_t)len;
}

ssize_t
pwrite(int fd, const void *from, size_t len, off_t offset)
{
    (void)fd;
    prove_check(is_locked, "the file is written with the lock held");
    prove_check(len <= PAGE_SIZE && offset >= 0 && (uint64_t)offset + len <= BOARD_FLASH_SIZE,
                "what is written is in the file");
    if (prove_bool("the host cannot write"))
        return -1;
    if (written_begin == written_end)
        written_begin = written_end = (uint64_t)offset;
    prove_check((uint64_t)offset == written_end, "what is written is one piece");
    written_end = (uint64_t)offset + len;
    if (len == WORD_SIZE && (uint64_t)offset == word_at)
        memcpy(&word, from, WORD_SIZE);
    return (ssize_t)len;
}

static void
any_flash(void)
{
    static const uint8_t waiting[] = {COMMAND_NONE,  COMMAND_DATA,    COMMAND_PROGRAM_OLD,
                                      COMMAND_ERASE, COMMAND_PROGRAM, COMMAND_LOCK,
                                      COMMAND_BUFFER};
    static const uint8_t shown[] = {COMMAND_MEMORY, COMMAND_STATUS, COMMAND_IDENTIFY};

    flash.shows = shown[prove_below("what it shows", sizeof(shown))];
    flash.status = STATUS_READY | (uint8_t)prove_below("status", 4) * STATUS_PROGRAM_FAILED;
    flash.command = waiting[prove_below("command", sizeof(waiting))];
    flash.words = (unsigned)prove_below("words", 0x10001);
    word_at = WORD_SIZE * prove_below("a word", BOARD_FLASH_SIZE / WORD_SIZE);
    word = (uint32_t)prove_u64("what is in it");
}

PROVE(flash_serve, 66, LONG)
{
    struct bus_access access = {
        .len = 1u << prove_below("log2 of len", 4),
        .is_store = prove_bool("a store"),
        .data = prove_u64("data"),
    };
    uint32_t before;
    uint8_t command, status;
    bool good;

    access.offset = access.len * prove_below("offset", BOARD_FLASH_SIZE / access.len);
    if (!access.is_store)
        access.data = 0;
    any_flash();
    before = word;
    command = flash.command;
    status = flash.status;
    good = serve(NULL, &flash, &access);
    prove_check(!is_locked, "the lock is given back");
    prove_check(good || !access.is_store || access.len != WORD_SIZE, "a store of a word is served");
    prove_check(!access.is_store || access.len == WORD_SIZE || !good, "no other store is");
    prove_check(flash.status & STATUS_READY, "it is always ready");
    prove_check((flash.status & status) == status || (access.is_store && command == COMMAND_NONE),
                "a failure is not forgotten before it is cleared");
    if (!access.is_store || command == COMMAND_NONE || command == COMMAND_BUFFER ||
        command == COMMAND_LOCK)
        prove_check(written_begin == written_end, "only a command that is whole writes");
    else if (command == COMMAND_ERASE)
        prove_check(written_begin == written_end ||
                        (written_begin == access.offset / BOARD_FLASH_BLOCK * BOARD_FLASH_BLOCK &&
                         written_end - written_begin <= BOARD_FLASH_BLOCK),
                    "the block of the address is erased, and no other");
    else
        prove_check(written_begin == written_end || (written_begin == access.offset &&
                                                     written_end == access.offset + WORD_SIZE),
                    "the word at the address is programmed, and no other");
    prove_check(command != COMMAND_ERASE || (access.data & 0xff) == COMMAND_CONFIRM ||
                    written_begin == written_end,
                "a block is not erased if that is not confirmed");
    prove_check((word & ~before) == 0, "what is programmed sets no bit");
}

/* Its state in a file that claims to be a saved machine, whose words are anything: it is one that
 * it can be in, or is refused. */
PROVE(flash_load, 2, QUICK)
{
    static const struct options options = {.firmware = "code", .variables = "variables"};
    static struct vm vm;
    struct state_reader from = {.left = 64};

    vm.options = &options;
    vm.device[DEVICE_flash] = &flash;
    flash = (struct flash){.shows = COMMAND_MEMORY, .status = STATUS_READY};
    if (load(&vm, &from) || from.failed) {
        prove_check(flash.shows == COMMAND_MEMORY && flash.status == STATUS_READY &&
                        !flash.command && !flash.words,
                    "what is refused is not taken");
        return;
    }
    prove_check(flash.shows == COMMAND_MEMORY || flash.shows == COMMAND_STATUS ||
                    flash.shows == COMMAND_IDENTIFY,
                "it shows something");
    prove_check((flash.status & ~STATUS_NO_COMMAND) == STATUS_READY, "it is ready");
    prove_check(flash.command == COMMAND_NONE || flash.command == COMMAND_DATA ||
                    flash.command == COMMAND_PROGRAM_OLD || flash.command == COMMAND_ERASE ||
                    flash.command == COMMAND_PROGRAM || flash.command == COMMAND_LOCK ||
                    flash.command == COMMAND_BUFFER,
                "a command that there is");
    prove_check(flash.words <= 0x10000 && !is_locked, "no more words than a store can ask for");
}

struct image_file image_files[IMAGE_FILES];

uint64_t
state_get_max(struct state_reader *from, uint64_t max)
{
    uint64_t word = prove_u64("a word of the file");

    from->failed |= word > max;
    return word <= max ? word : 0;
}

int
image_file_mark_check(const struct image_file *file, struct state_reader *from)
{
    (void)file;
    (void)from;
    return prove_bool("the file has changed") ? -1 : 0;
}

/* What no access reaches: the device's beginning and end, and its description. */

int
bus_add(struct bus *bus, const struct bus_range *range)
{
    (void)bus;
    (void)range;
    return -1;
}

void
sandbox_allow(const struct sandbox_kind *thread, const struct sandbox_group *vcpu_calls,
              const struct sandbox_group *owner_calls)
{
    (void)thread;
    (void)vcpu_calls;
    (void)owner_calls;
}

int
image_file_mark_save(const struct image_file *file, struct state_writer *to)
{
    (void)file;
    (void)to;
    return -1;
}

int
image_file_lock(const struct image_file *file)
{
    (void)file;
    return -1;
}

int
image_file_restore(const struct image_file *file)
{
    (void)file;
    return -1;
}

void
image_file_close(struct image_file *file)
{
    (void)file;
}

int
disk_copy_check(const struct image_file *file)
{
    (void)file;
    return -1;
}

void
state_put(struct state_writer *to, uint64_t word)
{
    (void)to;
    (void)word;
}

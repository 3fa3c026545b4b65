/* Recovery: after a power cut, finds the committed transactions in the log and applies them. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/fs/journal.h"

static _Alignas(FS_BLOCK_SIZE) struct fs_log_descriptor descriptor, commit;
static _Alignas(FS_BLOCK_SIZE) char page[FS_BLOCK_SIZE];

static struct {
    struct block_device *device;
    uint32_t log, log_blocks, first_home;
} disk;

static int
read_log(uint32_t at, void *data)
{
    return buf_transfer(disk.device, BLOCK_READ, disk.log + at % disk.log_blocks, data);
}

static bool
is_record(const struct fs_log_record *record, uint32_t kind, uint64_t sequence)
{
    return record->magic == FS_JOURNAL_MAGIC && record->kind == kind &&
           record->sequence == sequence && record->count != 0 &&
           record->count <= FS_LOG_BLOCKS_MAX && record->count + 2 <= disk.log_blocks;
}

/* Returns 1 if a whole transaction is at `at` (its descriptor is then in `descriptor`), 0 if not,
 * or -EIO. */
static int
read_transaction(uint32_t at, uint64_t sequence)
{
    uint64_t sum;
    uint32_t count;

    if (read_log(at, &descriptor))
        return -EIO;
    if (!is_record(&descriptor.record, FS_LOG_DESCRIPTOR, sequence))
        return 0;
    count = descriptor.record.count;
    if (read_log(at + count + 1, &commit))
        return -EIO;
    if (!is_record(&commit.record, FS_LOG_COMMIT, sequence) || commit.record.count != count)
        return 0;
    sum = fs_checksum(FS_CHECKSUM_START, &descriptor, FS_BLOCK_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        if (read_log(at + 1 + i, page))
            return -EIO;
        sum = fs_checksum(sum, page, FS_BLOCK_SIZE);
    }
    if (sum != commit.record.checksum)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (descriptor.block[i] < disk.first_home || descriptor.block[i] >= disk.log) {
            log_error("%s: the log wants block %u written", disk.device->name, descriptor.block[i]);
            return -EIO;
        }
    }
    return 1;
}

static int
replay_transaction(uint32_t at)
{
    for (uint32_t i = 0; i < descriptor.record.count; i++)
        if (read_log(at + 1 + i, page) ||
            buf_transfer(disk.device, BLOCK_WRITE, descriptor.block[i], page))
            return -EIO;
    return 0;
}

int
journal_write_header(struct block_device *device, uint64_t sequence, uint32_t start)
{
    static _Alignas(FS_BLOCK_SIZE) char block[FS_BLOCK_SIZE];
    struct fs_journal header = {FS_JOURNAL_MAGIC, sequence, start, 0, 0};

    header.checksum =
        fs_checksum(FS_CHECKSUM_START, &header, offsetof(struct fs_journal, checksum));
    memcpy(block, &header, sizeof(header));
    return buf_transfer(device, BLOCK_WRITE, FS_JOURNAL_BLOCK, block);
}

int
journal_recover(struct block_device *device, const struct fs_super *super, uint64_t *sequence,
                uint32_t *start)
{
    struct fs_journal header;
    uint64_t replayed = 0;
    int found, error;

    disk.device = device;
    disk.log = super->log;
    disk.log_blocks = super->block_count - super->log;
    disk.first_home = FS_ORPHAN_BLOCK;
    if (buf_transfer(device, BLOCK_READ, FS_JOURNAL_BLOCK, page))
        return -EIO;
    memcpy(&header, page, sizeof(header));
    if (header.magic != FS_JOURNAL_MAGIC || header.start >= disk.log_blocks ||
        header.sequence == 0 ||
        header.checksum !=
            fs_checksum(FS_CHECKSUM_START, &header, offsetof(struct fs_journal, checksum))) {
        log_error("%s: block 1, where the log begins, makes no sense", device->name);
        return -EIO;
    }
    *sequence = header.sequence;
    *start = header.start;
    while ((found = read_transaction(*start, *sequence)) > 0) {
        if (device->is_read_only) {
            log_error("%s: there are changes in the log, but the disk is read-only", device->name);
            return -EIO;
        }
        if (replay_transaction(*start))
            return -EIO;
        *start = (*start + descriptor.record.count + 2) % disk.log_blocks;
        ++*sequence;
        replayed++;
    }
    if (found < 0 || !replayed)
        return found;
    log_info("%s: %lu transactions recovered from the log", device->name, replayed);
    error = block_flush(device);
    if (!error)
        error = journal_write_header(device, *sequence, *start);
    return error ? error : block_flush(device);
}

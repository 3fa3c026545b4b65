/*
 * Recovery of toyos's file system from a log of any contents: what it reads and writes.
 *
 * Each block that is read is an input. Checksums are, too: any may fit, for who writes a log can
 * compute them.
 *
 * Bounds: one transaction of up to 2 blocks; another one is the same once more, from another place
 * in the log. Disks of any size, with any size of log.
 */
#include "tests/prove/prove.h"

#include "toyos/kernel/fs/format.h"

static uint64_t
any_checksum(uint64_t sum, const void *data, uint64_t len)
{
    (void)sum;
    (void)data;
    (void)len;
    return prove_u64("checksum");
}
#define fs_checksum any_checksum
#include "toyos/kernel/fs/recover.c"

/* with: */

#define COUNT_MAX        2
#define TRANSACTIONS_MAX 1

static struct fs_super super;
static unsigned transactions, writes;

void
log_line(int level, const char *format, ...)
{
    (void)level;
    (void)format;
}

int
block_flush(struct block_device *device)
{
    (void)device;
    return prove_bool("a flush fails") ? -EIO : 0;
}

/* A record of a descriptor or a commit, with any contents, and with a count within the bounds. */
static void
any_record(struct fs_log_descriptor *to)
{
    to->record = (struct fs_log_record){
        .magic = prove_u64("magic"),
        .sequence = prove_u64("sequence"),
        .kind = prove_u32("kind"),
        .count = prove_u32("count"),
        .checksum = prove_u64("checksum of the record"),
    };
    prove_assume(to->record.count <= COUNT_MAX || to->record.count > FS_LOG_BLOCKS_MAX ||
                 to->record.magic != FS_JOURNAL_MAGIC);
    for (unsigned i = 0; i < COUNT_MAX; i++)
        to->block[i] = prove_u32("block");
}

int
buf_transfer(struct block_device *device, enum block_op op, uint32_t block, void *data)
{
    (void)device;
    prove_check(block < super.block_count, "a block of the disk");
    if (op == BLOCK_WRITE) {
        writes++;
        prove_check(block == FS_JOURNAL_BLOCK || (block >= FS_ORPHAN_BLOCK && block < super.log),
                    "neither the first block nor the log is written");
        return prove_bool("a write fails") ? -EIO : 0;
    }
    prove_check(op == BLOCK_READ, "a read or a write");
    if (prove_bool("a read fails"))
        return -EIO;
    if (data == page && block == FS_JOURNAL_BLOCK) {
        struct fs_journal header = {prove_u64("magic"), prove_u64("sequence"), prove_u32("start"),
                                    0, prove_u64("checksum of the header")};

        memcpy(page, &header, sizeof(header));
    } else if (data == &descriptor) {
        if (transactions++ == TRANSACTIONS_MAX) /* the log ends here */
            descriptor.record.magic = 0;
        else
            any_record(&descriptor);
    } else if (data == &commit) {
        any_record(&commit);
    }
    return 0;
}

static struct block_device
any_disk(void)
{
    super.block_count = prove_u32("blocks");
    super.log = prove_u32("first block of the log");
    prove_assume(super.log > FS_ORPHAN_BLOCK && super.log < super.block_count); /* super.c */
    return (struct block_device){.is_read_only = prove_bool("read-only")};
}

PROVE(fs_recover, 3, FULL)
{
    struct block_device device = any_disk();
    uint64_t sequence = 0;
    uint32_t start = 0;
    int error = journal_recover(&device, &super, &sequence, &start);

    prove_check(error == 0 || error == -EIO, "it is recovered, or an error");
    prove_check(!device.is_read_only || writes == 0, "a disk that is read-only is not written");
    prove_check(error || start < super.block_count - super.log, "the log goes on within itself");
}

PROVE(fs_recover_header, 2, QUICK)
{
    struct block_device device = any_disk();

    journal_write_header(&device, prove_u64("sequence"), prove_u32("start"));
    prove_check(writes == 1, "one block is written");
}

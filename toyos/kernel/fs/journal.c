/* The journal: transactions, the log, and writing blocks to where they belong. */
#include "toyos/kernel/fs/journal.h"

#include <stdarg.h>
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/fs/discard.h"
#include "toyos/kernel/sched/sleep_lock.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/lib/format.h"

#define AGE_MS 1000 /* the age of a transaction when it is committed */

static struct lock journal_lock = LOCK_INIT("journal");
static struct sleep_lock turn =
    SLEEP_LOCK_INIT("journal turn"); /* waiters for room, or for a checkpoint */
/* Only the order of taking is checked. */
static const struct lock operation = LOCK_INIT("journal operation");

/* journal_lock guards all fields. The thread that has set is_committing may use the others without
 * it. */
static struct {
    struct wait_queue queue; /* woken at the end of a commit or of an operation */
    struct wait_queue flusher;
    unsigned operations; /* operations in progress */
    unsigned waiting;    /* operations that wait for room; nobody may overtake them */
    bool is_committing;
    int error;            /* the error that journal_begin() returns */
    uint64_t sequence;    /* identifies the running transaction */
    unsigned count;       /* blocks of the running transaction */
    struct buf_list list; /* the same */
    unsigned dirty;       /* buffers that are committed but not yet written to their place */
    /* In the log: where the next transaction goes, and the blocks since the tail. */
    uint32_t head, used;
} journal;

/* Constant while mounted */
static struct block_device *disk;
static uint32_t log_start, log_blocks;
static unsigned transaction_max, op_max; /* blocks */

/* For the thread that commits. */
static _Alignas(FS_BLOCK_SIZE) struct fs_log_descriptor descriptor;
static _Alignas(FS_BLOCK_SIZE) struct fs_log_descriptor commit;

int
journal_init(struct block_device *device, const struct fs_super *super, uint64_t sequence,
             uint32_t start)
{
    disk = device;
    log_start = super->log;
    log_blocks = super->block_count - super->log;
    transaction_max = log_blocks / 3;
    if (transaction_max > buf_count / 4)
        transaction_max = buf_count / 4;
    if (transaction_max > FS_LOG_BLOCKS_MAX)
        transaction_max = FS_LOG_BLOCKS_MAX;
    op_max = JOURNAL_OP_BLOCKS + (super->inode_table - super->block_bitmap);
    memset(&journal, 0, sizeof(journal));
    journal.sequence = sequence;
    journal.head = start;
    if (device->is_read_only)
        journal.error = -EROFS;
    if (op_max <= transaction_max)
        return 0;
    log_error("%s: a log of %u blocks and %u buffers are too few for a disk of this size",
              device->name, log_blocks, buf_count);
    return -EINVAL;
}

static void
wait_locked(void)
{
    if (!wait_can_sleep())
        panic("journal: an operation inside another");
    wait_unkillable(&journal.queue, &journal_lock);
}

static int
fail_locked(const char *reason)
{
    log_error("%s: %s: nothing is written any more", disk->name, reason);
    journal.error = -EIO;
    return -EIO;
}

int
journal_fail(const char *format, ...)
{
    char text[128];
    va_list args;

    va_start(args, format);
    format_buffer(text, sizeof(text), format, args);
    va_end(args);
    lock_acquire(&journal_lock);
    fail_locked(text);
    lock_release(&journal_lock);
    return -EIO;
}

/* The disk block of the n-th block after the head of the log. */
static uint32_t
log_block(uint32_t n)
{
    return log_start + (journal.head + n) % log_blocks;
}

/* Starts to write a block, as part of a batch. */
static void
start_write(struct block_batch *batch, struct block_request *request, uint32_t block, void *data)
{
    *request = buf_request(BLOCK_WRITE, block, data);
    block_batch_add(batch, request);
}

/* Writes the transaction to the log. All its blocks may be in flight at once: the checksum tells
 * whether all have arrived. */
static int
write_transaction(void)
{
    struct block_request first, last;
    struct block_batch batch;
    uint64_t sum;
    uint32_t n = 0;
    int error;

    descriptor.record = (struct fs_log_record){
        .magic = FS_JOURNAL_MAGIC,
        .sequence = journal.sequence,
        .kind = FS_LOG_DESCRIPTOR,
        .count = journal.count,
    };
    memset(descriptor.block, 0, sizeof(descriptor.block));
    for (struct buf *buf = journal.list.oldest; buf; buf = buf->newer)
        descriptor.block[n++] = buf->block;
    sum = fs_checksum(FS_CHECKSUM_START, &descriptor, FS_BLOCK_SIZE);

    block_batch_begin(&batch, disk);
    start_write(&batch, &first, log_block(0), &descriptor);
    n = 1;
    for (struct buf *buf = journal.list.oldest; buf; buf = buf->newer) {
        sum = fs_checksum(sum, buf->data, FS_BLOCK_SIZE);
        start_write(&batch, &buf->request, log_block(n++), buf->data);
    }
    commit.record = descriptor.record;
    commit.record.kind = FS_LOG_COMMIT;
    commit.record.checksum = sum;
    start_write(&batch, &last, log_block(n), &commit);
    error = block_batch_wait(&batch);
    return error ? error : block_flush(disk);
}

/* Writes everything that is committed to its place, and empties the log. The log must not be
 * overwritten before block 1 durably says that it is empty, hence the second flush. */
static int
write_home(void)
{
    struct block_batch batch;
    int error;

    block_batch_begin(&batch, disk);
    for (unsigned i = 0; i < buf_count; i++)
        if (buf_all[i].is_dirty)
            start_write(&batch, &buf_all[i].request, buf_all[i].block, buf_all[i].data);
    error = block_batch_wait(&batch);
    if (!error)
        error = block_flush(disk);
    if (!error)
        error = journal_write_header(disk, journal.sequence, journal.head);
    return error ? error : block_flush(disk);
}

static void
set_clean(struct buf *buf)
{
    if (buf->is_dirty && !buf->is_logged)
        buf_release(buf);
    buf->is_dirty = false;
}

/* The transaction is in the log, so the next one begins. */
static void
end_transaction_locked(void)
{
    struct buf *next;

    for (struct buf *buf = journal.list.oldest; buf; buf = next) {
        next = buf->newer;
        buf->is_logged = false;
        if (!buf->is_dirty)
            journal.dirty++;
        buf->is_dirty = true; /* keeps the reference */
    }
    journal.list = (struct buf_list){NULL, NULL};
    journal.head = (journal.head + journal.count + 2) % log_blocks;
    journal.used += journal.count + 2;
    journal.count = 0;
    journal.sequence++;
}

static int
checkpoint_locked(void)
{
    int error;

    lock_release(&journal_lock);
    error = write_home();
    lock_acquire(&journal_lock);
    if (error)
        return fail_locked("cannot write");
    for (unsigned i = 0; i < buf_count; i++)
        set_clean(&buf_all[i]);
    journal.dirty = 0;
    journal.used = 0;
    lock_release(&journal_lock);
    discard_run(disk);
    lock_acquire(&journal_lock);
    return 0;
}

/* Commits the running transaction if it is not empty. Must be called with !is_committing. */
static void
commit_locked(bool with_checkpoint)
{
    int error = 0;

    journal.is_committing = true;
    while (journal.operations)
        wait_locked();
    if (journal.count && !journal.error) {
        lock_release(&journal_lock);
        error = write_transaction();
        lock_acquire(&journal_lock);
        if (error)
            fail_locked("cannot write");
        else
            end_transaction_locked();
    }
    if (!journal.error &&
        ((with_checkpoint && journal.used) || log_blocks - journal.used < transaction_max + 2 ||
         journal.dirty > buf_count / 2))
        checkpoint_locked();
    journal.is_committing = false;
    wait_wake(&journal.queue);
}

/* Begins an operation if there is room. True if it has begun, or failed. */
static bool
enter_locked(int *error)
{
    *error = journal.error;
    if (*error)
        return true;
    if (journal.is_committing ||
        journal.count + (journal.operations + 1) * op_max > transaction_max)
        return false;
    journal.operations++;
    return true;
}

int
journal_begin(void)
{
    int error;

    lock_check_enter(&operation);
    lock_acquire(&journal_lock);
    if (!journal.waiting && enter_locked(&error)) {
        lock_release(&journal_lock);
    } else {
        journal.waiting++;
        lock_release(&journal_lock);
        sleep_lock_acquire(&turn);
        lock_acquire(&journal_lock);
        while (!enter_locked(&error))
            if (!journal.is_committing && journal.operations == 0)
                commit_locked(false);
            else
                wait_locked();
        journal.waiting--;
        lock_release(&journal_lock);
        sleep_lock_release(&turn);
    }
    if (error)
        lock_check_leave(&operation);
    return error;
}

void
journal_end(void)
{
    lock_check_leave(&operation);
    lock_acquire(&journal_lock);
    journal.operations--;
    wait_wake(&journal.queue);
    lock_release(&journal_lock);
}

void
journal_write(struct buf *buf)
{
    lock_acquire(&journal_lock);
    if (!buf->is_logged) {
        if (journal.operations == 0 || journal.count == transaction_max)
            panic("journal: a change outside an operation, or too large a one");
        if (!buf->is_dirty)
            buf_hold(buf);
        buf->is_logged = true;
        buf_list_add(&journal.list, buf);
        if (journal.count++ == 0)
            wait_wake(&journal.flusher);
    }
    lock_release(&journal_lock);
}

/* The buffer may be dirty from an earlier transaction, which does not matter either: the log
 * keeps its contents until the running transaction, and with it the freeing of the block, is
 * committed. */
void
journal_forget(uint32_t block)
{
    struct buf *buf = buf_peek(block);

    if (!buf)
        return;
    lock_acquire(&journal_lock);
    if (buf->is_logged || buf->is_dirty)
        buf_release(buf);
    if (buf->is_logged) {
        buf_list_remove(&journal.list, buf);
        journal.count--;
    }
    if (buf->is_dirty)
        journal.dirty--;
    buf->is_logged = buf->is_dirty = false;
    lock_release(&journal_lock);
    buf_release(buf);
}

int
journal_commit(void)
{
    uint64_t wanted;
    int error;

    lock_acquire(&journal_lock);
    wanted = journal.sequence;
    while (!journal.error && journal.sequence == wanted &&
           (journal.count || journal.is_committing)) {
        if (journal.is_committing)
            wait_locked();
        else
            commit_locked(false);
    }
    error = journal.error == -EROFS ? 0 : journal.error;
    lock_release(&journal_lock);
    return error;
}

int
journal_checkpoint(void)
{
    int error;

    sleep_lock_acquire(&turn);
    lock_acquire(&journal_lock);
    while (journal.is_committing)
        wait_locked();
    if (!journal.error)
        commit_locked(true);
    error = journal.error == -EROFS ? 0 : journal.error;
    lock_release(&journal_lock);
    sleep_lock_release(&turn);
    return error;
}

_Noreturn void
journal_flusher(void)
{
    struct wait_queue never = {0};

    for (;;) {
        lock_acquire(&journal_lock);
        /* Another thread may have committed it. */
        while (journal.count == 0 && !discard_is_wanted())
            wait_unkillable(&journal.flusher, &journal_lock);
        lock_release(&journal_lock);
        wait_sleep(&never, NULL, timer_now() + timer_from_ms(AGE_MS));
        if (discard_is_wanted())
            journal_checkpoint();
        else
            journal_commit();
        if (journal.error)
            for (;;)
                wait_sleep(&never, NULL, TIMER_NEVER);
    }
}

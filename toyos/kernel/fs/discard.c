/* Which blocks have become free since the disk was last told, and telling the disk. */
#include "toyos/kernel/fs/discard.h"

#include <stdatomic.h>
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/fs/alloc.h"
#include "toyos/kernel/fs/buf.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/super.h"

#define REQUESTS 16 /* requests in flight */

/* Changed inside operations, under the allocator's lock; used while no operation runs. For each
 * block of the bitmap, the bits [from, end) contain all that became 0; there are none if from >=
 * end. Other bits in the range that are 0 are discarded again, which costs the disk little. */
static struct {
    uint32_t from, end;
} noted[FS_BLOCKS_MAX / FS_BITS];
static _Atomic bool is_noted, is_refused; /* is_refused: the disk does not support it */

void
discard_init(void)
{
    for (uint32_t i = 0; i < FS_BLOCKS_MAX / FS_BITS; i++) {
        uint32_t first = i * FS_BITS;

        noted[i].from = fs_super.data > first ? fs_super.data - first : 0;
        noted[i].end = fs_super.log > first ? fs_super.log - first : 0;
        if (noted[i].end > FS_BITS)
            noted[i].end = FS_BITS;
    }
    is_noted = is_refused = false;
}

void
discard_note(uint32_t block)
{
    uint32_t i = block / FS_BITS, bit = block % FS_BITS;

    if (noted[i].from >= noted[i].end)
        noted[i].from = noted[i].end = bit;
    if (bit < noted[i].from)
        noted[i].from = bit;
    if (bit >= noted[i].end)
        noted[i].end = bit + 1;
    is_noted = true;
}

bool
discard_is_wanted(void)
{
    return is_noted && !is_refused;
}

/* For one block of the bitmap, whose first bit stands for block `first`. */
static int
discard_bits(struct block_device *disk, const struct buf *bitmap, uint32_t first, uint32_t from,
             uint32_t end)
{
    static struct block_request request[REQUESTS]; /* for the thread that commits */
    struct block_batch batch;
    unsigned count = 0;
    int error = 0;

    block_batch_begin(&batch, disk);
    while (!error && (from = alloc_find(bitmap, from, end, false)) < end) {
        uint32_t after = alloc_find(bitmap, from, end, true);

        request[count] = (struct block_request){
            .op = BLOCK_DISCARD,
            .sector = (uint64_t)(first + from) * (FS_BLOCK_SIZE / BLOCK_SECTOR),
            .len = (uint64_t)(after - from) * FS_BLOCK_SIZE,
        };
        block_batch_add(&batch, &request[count++]);
        from = after;
        if (count == REQUESTS) {
            error = block_batch_wait(&batch);
            count = 0;
        }
    }
    return block_batch_wait(&batch);
}

void
discard_run(struct block_device *disk)
{
    int error = 0;

    if (!discard_is_wanted())
        return;
    for (uint32_t i = 0; i < FS_BLOCKS_MAX / FS_BITS && !error; i++) {
        struct buf *bitmap;

        if (noted[i].from >= noted[i].end)
            continue;
        error = buf_read(fs_super.block_bitmap + i, &bitmap);
        if (!error) {
            error = discard_bits(disk, bitmap, i * FS_BITS, noted[i].from, noted[i].end);
            buf_release(bitmap);
        }
        noted[i].from = noted[i].end = 0;
    }
    is_noted = false;
    is_refused = error;
    if (error && error != -ENOSYS)
        log_warn("%s: a discard failed, so there will be no more: %s", disk->name,
                 strerror(-error));
}

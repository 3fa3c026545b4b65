/* The buffer cache: a hash table of buffers, and a list of the unused ones by age. */
#include "toyos/kernel/fs/buf.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/sched/wait.h"

#define HASH_SIZE 2048

static struct lock buf_lock = LOCK_INIT("buf");

/* All of it: buf_lock */
static struct buf *hash[HASH_SIZE];
static struct buf_list unused;
static struct wait_queue changed; /* woken when a read has ended or a buffer has become unused */

static struct block_device *disk; /* constant while mounted */
struct buf *buf_all;
unsigned buf_count;

void
buf_list_add(struct buf_list *list, struct buf *buf)
{
    buf->newer = NULL;
    buf->older = list->newest;
    *(list->newest ? &list->newest->newer : &list->oldest) = buf;
    list->newest = buf;
}

void
buf_list_remove(struct buf_list *list, struct buf *buf)
{
    *(buf->older ? &buf->older->newer : &list->oldest) = buf->newer;
    *(buf->newer ? &buf->newer->older : &list->newest) = buf->older;
}

void
buf_init(struct block_device *device, void *memory, uint64_t size)
{
    disk = device;
    buf_count = (unsigned)(size / (FS_BLOCK_SIZE + sizeof(struct buf)));
    buf_all = (void *)((char *)memory + (uint64_t)buf_count * FS_BLOCK_SIZE);
    unused = (struct buf_list){NULL, NULL};
    memset(hash, 0, sizeof(hash));
    for (unsigned i = 0; i < buf_count; i++) {
        buf_all[i] = (struct buf){.data = (char *)memory + (uint64_t)i * FS_BLOCK_SIZE};
        buf_list_add(&unused, &buf_all[i]);
    }
}

static struct buf **
bucket_of(uint32_t block)
{
    return &hash[block % HASH_SIZE];
}

static struct buf *
find_locked(uint32_t block)
{
    struct buf *buf = *bucket_of(block);

    while (buf && buf->block != block)
        buf = buf->hash_next;
    if (buf && buf->references++ == 0)
        buf_list_remove(&unused, buf);
    return buf;
}

/* Gives the block the buffer that was unused for longest; NULL if all are in use. */
static struct buf *
take_locked(uint32_t block)
{
    struct buf *buf = unused.oldest, **link;

    if (!buf)
        return NULL;
    buf_list_remove(&unused, buf);
    if (buf->block) { /* block 0 is never cached */
        for (link = bucket_of(buf->block); *link != buf; link = &(*link)->hash_next)
            ;
        *link = buf->hash_next;
    }
    buf->block = block;
    buf->state = BUF_EMPTY;
    buf->references = 1;
    link = bucket_of(block);
    buf->hash_next = *link;
    *link = buf;
    return buf;
}

/* Not inline: a hit in the cache must not pay for it. */
static void __attribute__((noinline))
wait_locked(void)
{
    block_wait(disk, &changed, &buf_lock);
}

static void
release_locked(struct buf *buf)
{
    if (--buf->references == 0) {
        buf_list_add(&unused, buf);
        wait_wake(&changed);
    }
}

static struct buf *
get_locked(uint32_t block)
{
    struct buf *buf;

    if (block == 0)
        panic("block 0 is not for the cache");
    while (!(buf = find_locked(block)) && !(buf = take_locked(block)))
        wait_locked();
    return buf;
}

static void
read_done(struct block_request *request)
{
    struct buf *buf = request->context;

    lock_acquire(&buf_lock);
    buf->state = request->status ? BUF_EMPTY : BUF_VALID;
    release_locked(buf); /* releases the reference that the read held */
    wait_wake(&changed);
    lock_release(&buf_lock);
}

/* Starts a read, which holds a reference of its own. */
static void
start_read_locked(struct buf *buf)
{
    buf->state = BUF_READING;
    buf->references++;
    buf->request = buf_request(BLOCK_READ, buf->block, buf->data);
    buf->request.done = read_done;
    buf->request.context = buf;
    lock_release(&buf_lock); /* it may end at once */
    block_submit(disk, &buf->request);
    lock_acquire(&buf_lock);
}

int
buf_read(uint32_t block, struct buf **out)
{
    struct buf *buf;
    bool has_tried = false;
    int error = 0;

    lock_check_sleep(NULL); /* also if the block is in the cache */
    lock_acquire(&buf_lock);
    buf = get_locked(block);
    while (buf->state != BUF_VALID) {
        if (buf->state == BUF_READING) {
            wait_locked();
        } else if (!has_tried) {
            has_tried = true;
            start_read_locked(buf);
        } else {
            error = -EIO;
            break;
        }
    }
    if (error)
        release_locked(buf);
    lock_release(&buf_lock);
    *out = error ? NULL : buf;
    return error;
}

struct buf *
buf_zero(uint32_t block)
{
    struct buf *buf;

    lock_acquire(&buf_lock);
    buf = get_locked(block);
    while (buf->state == BUF_READING)
        wait_locked();
    buf->state = BUF_VALID;
    lock_release(&buf_lock);
    memset(buf->data, 0, FS_BLOCK_SIZE);
    return buf;
}

struct buf *
buf_peek(uint32_t block)
{
    struct buf *buf;

    lock_acquire(&buf_lock);
    buf = find_locked(block);
    lock_release(&buf_lock);
    return buf;
}

void
buf_read_ahead(uint32_t block)
{
    struct buf *buf;

    lock_acquire(&buf_lock);
    buf = find_locked(block);
    if (!buf)
        buf = take_locked(block);
    if (buf) {
        if (buf->state == BUF_EMPTY)
            start_read_locked(buf);
        release_locked(buf);
    }
    lock_release(&buf_lock);
}

void
buf_hold(struct buf *buf)
{
    lock_acquire(&buf_lock);
    buf->references++;
    lock_release(&buf_lock);
}

void
buf_release(struct buf *buf)
{
    lock_acquire(&buf_lock);
    release_locked(buf);
    lock_release(&buf_lock);
}

int
buf_transfer(struct block_device *device, enum block_op op, uint32_t block, void *data)
{
    struct block_request request = buf_request(op, block, data);

    return block_run(device, &request);
}

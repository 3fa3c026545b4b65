/* Mapped files. The pages that processes share of a file are in a page table of the inode's own
 * (inode->map_pages), by their offset. No satp ever points to it. */
#include "toyos/kernel/uvm/file_map.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/uvm/uvm.h"

_Static_assert(FS_BLOCK_SIZE == PAGE_SIZE, "a page is a block of a file");
_Static_assert(FS_FILE_SIZE_MAX < USER_TOP, "any offset is an address in the page table");

int
file_map_open(struct inode *inode, bool is_shared)
{
    int error = 0;

    if (is_shared) {
        error = inode_lock(inode);
        if (error)
            return error;
        if (!inode->map_pages)
            inode->map_pages = page_alloc();
        if (inode->map_pages)
            inode->map_areas++;
        else
            error = -ENOMEM;
        inode_unlock(inode);
    }
    if (!error)
        inode_hold(inode);
    return error;
}

void
file_map_hold(struct inode *inode, bool is_shared)
{
    if (is_shared)
        inode->map_areas++;
    inode_hold(inode);
}

void
file_map_close(struct inode *inode, bool is_shared)
{
    if (is_shared) {
        sleep_lock_acquire(&inode->lock); /* whatever the disk says */
        if (--inode->map_areas == 0) {
            pagetable_free(inode->map_pages, 0, FS_FILE_SIZE_MAX - 1);
            page_free(inode->map_pages);
            inode->map_pages = NULL;
        }
        sleep_lock_release(&inode->lock);
    }
    inode_put(inode);
}

/* The first page at or after *offset and before `end`. Sets *offset to its place. NULL if there is
 * none. */
static char *
next_page(const struct inode *inode, uint64_t *offset, uint64_t end)
{
    while (*offset < end) {
        const pte_t *pte = pagetable_find(inode->map_pages, *offset);
        if (pte && *pte & PTE_V)
            return pte_page(*pte);
        *offset = pte ? *offset + PAGE_SIZE : (*offset | (PAGETABLE_SPAN(1) - 1)) + 1;
    }
    return NULL;
}

void *
file_map_find(struct inode *inode, uint64_t offset)
{
    uint64_t at = offset & -(uint64_t)PAGE_SIZE;
    void *page = inode->map_pages ? next_page(inode, &at, at + PAGE_SIZE) : NULL;

    if (page)
        page_share(page);
    return page;
}

/* Creates a page with the file's contents. The inode is locked. */
static int
read_page(struct inode *inode, uint64_t offset, void **out)
{
    char *page = page_alloc_raw();
    int64_t n;

    if (!page)
        return -ENOMEM;
    n = inode_read(inode, page, offset, PAGE_SIZE);
    if (n < 0) {
        page_free(page);
        return (int)n;
    }
    memset(page + n, 0, PAGE_SIZE - (size_t)n);
    *out = page;
    return 0;
}

static int
shared_page(struct inode *inode, uint64_t offset, void **out)
{
    pte_t *pte;
    int error;

    if (!inode->map_pages)
        return -EAGAIN;
    pte = pagetable_make(inode->map_pages, offset, 0);
    if (!pte)
        return -ENOMEM;
    if (!(*pte & PTE_V)) {
        error = read_page(inode, offset, out);
        if (error)
            return error;
        *pte = pte_make(kva_to_pa(*out), 0);
    }
    *out = pte_page(*pte);
    page_share(*out);
    return 0;
}

static int
private_page(struct inode *inode, uint64_t offset, void **out)
{
    void *shared = file_map_find(inode, offset);

    if (!shared)
        return read_page(inode, offset, out);
    *out = page_alloc_raw();
    if (*out)
        memcpy(*out, shared, PAGE_SIZE);
    page_free(shared);
    return *out ? 0 : -ENOMEM;
}

int
file_map_page(struct inode *inode, uint64_t offset, bool is_shared, void **page)
{
    int error = inode_lock(inode);

    if (error)
        return error;
    error = offset >= inode->disk.size ? -EFAULT
            : is_shared                ? shared_page(inode, offset, page)
                                       : private_page(inode, offset, page);
    inode_unlock(inode);
    return error;
}

/* Whether a page equals the file at `offset`, as far as the file goes; or -EIO. */
static int
is_same(struct inode *inode, const char *page, uint64_t offset)
{
    uint64_t left = inode->disk.size - offset, len = left < PAGE_SIZE ? left : PAGE_SIZE;
    struct buf *buf;
    int result = inode_block(inode, offset / PAGE_SIZE, &buf);

    if (result)
        return result;
    result = 1;
    if (buf)
        result = memcmp(buf->data, page, len) == 0;
    else /* a hole in the file */
        for (uint64_t i = 0; i < len && result; i++)
            result = page[i] == 0;
    if (buf)
        buf_release(buf);
    return result;
}

/* The first page from *offset on that differs from the file, with a reference; or NULL. */
static int
next_changed(struct inode *inode, uint64_t *offset, uint64_t end, char **out)
{
    int same = 1, error = inode_lock(inode);
    char *page = NULL;

    if (error)
        return error;
    if (end > inode->disk.size)
        end = inode->disk.size;
    while (inode->map_pages && (page = next_page(inode, offset, end))) {
        same = is_same(inode, page, *offset);
        if (same <= 0)
            break;
        *offset += PAGE_SIZE;
    }
    if (page && same == 0)
        page_share(page);
    inode_unlock(inode);
    *out = page;
    return same < 0 ? same : 0;
}

int
file_map_sync(struct inode *inode, uint64_t start, uint64_t end)
{
    char *page;
    int error;

    if (!inode->map_pages)
        return 0;
    while (!(error = next_changed(inode, &start, end, &page)) && page) {
        error = fs_write_within(inode, page, start, PAGE_SIZE);
        page_free(page);
        if (error < 0)
            return error;
        start += PAGE_SIZE;
    }
    return error;
}

static void
pages_store(struct inode *inode, uint64_t offset, const void *data, unsigned len)
{
    char *page = file_map_find(inode, offset);

    if (!page)
        return;
    memmove(page + offset % PAGE_SIZE, data, len); /* the end of the file may be in this page */
    page_free(page);
}

static void
pages_clear(struct inode *inode, uint64_t size)
{
    uint64_t offset = size & -(uint64_t)PAGE_SIZE, keep = size % PAGE_SIZE;
    char *page;

    while ((page = next_page(inode, &offset, FS_FILE_SIZE_MAX))) {
        if (offset > size)
            keep = 0;
        memset(page + keep, 0, PAGE_SIZE - keep);
        offset += PAGE_SIZE;
    }
}

void
file_map_init(void)
{
    static const struct inode_pages hooks = {.store = pages_store, .clear = pages_clear};

    inode_pages_register(&hooks);
}

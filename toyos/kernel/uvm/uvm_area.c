/* The areas that a process has mapped: anonymous memory and files. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/uvm/file_map.h"
#include "toyos/kernel/uvm/uvm.h"

/* The highest gap of `len` bytes below UVM_TOP and above the heap: its start, or 0. */
static uint64_t
find_gap(const struct uvm *uvm, uint64_t len)
{
    uint64_t end = UVM_TOP;

    for (unsigned i = 0; i < UVM_AREAS; i++) {
        const struct uvm_area *a = &uvm->areas[i];
        if (a->end && a->start < end && a->end > end - len) {
            if (a->start < len)
                return 0;
            end = a->start;
            i = UINT32_MAX; /* look at all areas again */
        }
    }
    return end - len >= uvm_page_up(uvm->size) ? end - len : 0;
}

static struct uvm_area *
free_area(struct uvm *uvm)
{
    for (unsigned i = 0; i < UVM_AREAS; i++)
        if (!uvm->areas[i].end)
            return &uvm->areas[i];
    return NULL;
}

struct uvm_area *
uvm_find_area(struct uvm *uvm, uint64_t va)
{
    if (va < uvm->areas_start)
        return NULL;
    for (unsigned i = 0; i < UVM_AREAS; i++)
        if (va >= uvm->areas[i].start && va < uvm->areas[i].end)
            return &uvm->areas[i];
    return NULL;
}

static void
find_areas_start(struct uvm *uvm)
{
    uvm->areas_start = UVM_TOP;
    for (unsigned i = 0; i < UVM_AREAS; i++)
        if (uvm->areas[i].end && uvm->areas[i].start < uvm->areas_start)
            uvm->areas_start = uvm->areas[i].start;
}

/* Allocates all pages of shared anonymous memory, so that a child finds the same ones. */
static bool
map_shared_zeros(struct uvm *uvm, uint64_t start, uint64_t len, uint64_t access)
{
    bool ok = len / PAGE_SIZE <= page_count_free();

    for (uint64_t va = start; ok && va < start + len; va += PAGE_SIZE)
        ok = uvm_map_zeros(uvm, va, access | PTE_SHARED);
    if (!ok)
        uvm_unmap(uvm, start, start + len);
    return ok;
}

static int64_t
map_area_locked(struct uvm *uvm, uint64_t len, const struct uvm_area *request)
{
    struct uvm_area *area = free_area(uvm);
    uint64_t start = find_gap(uvm, len);

    if (!area || !start)
        return -ENOMEM;
    if (request->is_shared && !request->inode &&
        !map_shared_zeros(uvm, start, len, request->access))
        return -ENOMEM;
    *area = *request;
    area->start = start;
    area->end = start + len;
    find_areas_start(uvm);
    return (int64_t)start;
}

int64_t
uvm_map_area(struct uvm *uvm, uint64_t len, const struct uvm_area *request)
{
    int64_t result;

    if (len == 0 || len > UVM_TOP || (request->has_guard && (request->is_shared || request->inode)))
        return -EINVAL;
    if (request->inode) {
        int error = file_map_open(request->inode, request->is_shared);
        if (error)
            return error;
    }
    lock_acquire(&uvm->lock);
    result = map_area_locked(uvm, uvm_page_up(len), request);
    lock_release(&uvm->lock);
    if (result < 0 && request->inode)
        file_map_close(request->inode, request->is_shared);
    return result;
}

/* The part of an area within [start, end). */
static struct uvm_area
clip(const struct uvm_area *area, uint64_t start, uint64_t end)
{
    struct uvm_area part = *area;

    if (start > part.start) {
        part.offset += start - part.start;
        part.start = start;
        part.has_guard = false;
    }
    if (end < part.end)
        part.end = end;
    return part;
}

/* Cuts a part out of an area. What remains behind it needs an area of its own. */
static int
cut_area(struct uvm *uvm, struct uvm_area *area, const struct uvm_area *part)
{
    struct uvm_area rest = clip(area, part->end, area->end);
    struct uvm_area *place = area;
    bool is_split = area->start < part->start && part->end < area->end;

    if (is_split && !(place = free_area(uvm)))
        return -ENOMEM;
    uvm_unmap(uvm, part->start, part->end);
    if (area->start < part->start)
        area->end = part->start;
    else
        *area = (struct uvm_area){0};
    if (rest.start < rest.end)
        *place = rest;
    /* Adds a reference to the file if anything of the area remains, because the part that was cut
     * out keeps one. */
    if (part->inode)
        for (int left = (area->end != 0) + (place != area && place->end != 0); left > 0; left--)
            file_map_hold(part->inode, part->is_shared);
    return 0;
}

static bool
is_range(uint64_t start, uint64_t len)
{
    return start % PAGE_SIZE == 0 && len != 0 && len <= UVM_TOP &&
           start <= UVM_TOP - uvm_page_up(len);
}

/* Frees a part of an area that was cut out. Its changes are written to its file. */
static int
close_part(const struct uvm_area *part)
{
    int error = 0;

    if (!part->inode)
        return 0;
    if (part->is_shared)
        error = file_map_sync(part->inode, part->offset, part->offset + (part->end - part->start));
    file_map_close(part->inode, part->is_shared);
    return error;
}

/* All parts are cut out at once, since another thread may map something there as soon as the lock
 * is free. The files are written without the lock. */
int
uvm_unmap_area(struct uvm *uvm, uint64_t start, uint64_t len)
{
    uint64_t end = start + uvm_page_up(len);
    struct uvm_area part[UVM_AREAS];
    unsigned count = 0;
    int error = 0;

    if (!is_range(start, len))
        return -EINVAL;
    lock_acquire(&uvm->lock);
    for (unsigned i = 0; i < UVM_AREAS && !error; i++) {
        struct uvm_area *area = &uvm->areas[i];
        if (area->end <= start || area->start >= end)
            continue;
        part[count] = clip(area, start, end);
        error = cut_area(uvm, area, &part[count]);
        count += !error;
    }
    find_areas_start(uvm);
    lock_release(&uvm->lock);
    for (unsigned i = 0; i < count; i++) {
        int close_error = close_part(&part[i]);
        error = error ? error : close_error;
    }
    return error;
}

int
uvm_sync_area(struct uvm *uvm, uint64_t start, uint64_t len)
{
    uint64_t end = start + uvm_page_up(len);
    struct uvm_area *area, part;
    int error = 0;

    if (!is_range(start, len))
        return -EINVAL;
    while (!error && start < end) {
        lock_acquire(&uvm->lock);
        area = uvm_find_area(uvm, start);
        if (area) {
            part = clip(area, start, end);
            if (part.inode)
                file_map_hold(part.inode, part.is_shared);
        }
        lock_release(&uvm->lock);
        if (!area)
            return -ENOMEM;
        error = close_part(&part);
        start = part.end;
    }
    return error;
}

void
uvm_close_areas(struct uvm *uvm)
{
    if (uvm->areas_start == UVM_TOP) /* there is no free area */
        return;
    for (unsigned i = 0; i < UVM_AREAS; i++) {
        int error = close_part(&uvm->areas[i]);
        if (error)
            log_warn("a mapped file could not be written: %s", strerror(-error));
    }
}

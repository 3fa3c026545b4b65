/*
 * The archive (cpio's "newc": a header of 110 bytes, "070701" and 13 numbers of 8 hexadecimal
 * digits; the name; the data; name and data each padded to 4). All of it is checked once, at boot.
 */
#include "toyos/kernel/archive.h"

#include <string.h>

#include "toyos/include/kernel/fs.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/kvm.h"
#include "toyos/kernel/panic.h"
#include "toyos/kernel/proc.h"

#define HEADER_SIZE   110
#define FIELD_MODE    1 /* which of the 13 numbers */
#define FIELD_SIZE    6
#define FIELD_NAME    11
#define MODE_TYPE     0170000
#define MODE_REGULAR  0100000
#define NUMBER_BAD    UINT64_MAX
#define TRAILER       "TRAILER!!!"
#define DEVICE_NUMBER 1

extern const char archive_start[], archive_end[];

static const char *start, *end; /* constant after boot */

static uint64_t
read_field(const char *header, int field)
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++) {
        char c = header[6 + field * 8 + i];
        int lower = c | 0x20;
        if (c >= '0' && c <= '9')
            n = n << 4 | (uint64_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            n = n << 4 | (uint64_t)(lower - 'a' + 10);
        else
            return NUMBER_BAD;
    }
    return n;
}

enum step { STEP_FILE, STEP_OTHER, STEP_END, STEP_BAD };

/* Read the member at *at and move on to the next. */
static enum step
read_member(const char **at, struct archive_file *file)
{
    const char *header = *at;
    uint64_t left = (uint64_t)(end - header), name_size, size, mode, data;

    if (left < HEADER_SIZE || memcmp(header, "070701", 6) != 0)
        return STEP_BAD;
    mode = read_field(header, FIELD_MODE);
    size = read_field(header, FIELD_SIZE);
    name_size = read_field(header, FIELD_NAME);
    if (mode == NUMBER_BAD || size == NUMBER_BAD || name_size == NUMBER_BAD || name_size == 0 ||
        name_size > left - HEADER_SIZE || header[HEADER_SIZE + name_size - 1] != '\0')
        return STEP_BAD;
    data = (HEADER_SIZE + name_size + 3) & ~(uint64_t)3;
    if (data > left || size > left - data)
        return STEP_BAD;
    file->name = header + HEADER_SIZE;
    file->data = header + data;
    file->size = size;
    if (strcmp(file->name, TRAILER) == 0)
        return STEP_END;
    while (file->name[0] == '/' || (file->name[0] == '.' && file->name[1] == '/'))
        file->name++;
    size = (size + 3) & ~(uint64_t)3;
    *at = size > left - data ? end : file->data + size;
    return (mode & MODE_TYPE) == MODE_REGULAR ? STEP_FILE : STEP_OTHER;
}

/* The file with this number; false if there are not as many. */
static bool
file_at(unsigned number, struct archive_file *file)
{
    const char *at = start;
    enum step step;

    file->number = 0;
    while ((step = read_member(&at, file)) < STEP_END)
        if (step == STEP_FILE && ++file->number == number)
            return true;
    return false;
}

void
archive_init(struct range initrd)
{
    struct archive_file file;
    const char *at;
    enum step step;

    start = archive_start;
    end = archive_end;
    if (initrd.end > initrd.start) {
        start = pa_to_kva(initrd.start);
        end = pa_to_kva(initrd.end);
    }
    for (at = start; (step = read_member(&at, &file)) < STEP_END;)
        ;
    if (step == STEP_BAD)
        panic("%s: not a cpio \"newc\" archive from byte %ld of %ld on",
              start == archive_start ? "archive" : "initrd", (long)(at - start),
              (long)(end - start));
}

bool
archive_find(const char *path, struct archive_file *file)
{
    while (*path == '/' || (path[0] == '.' && path[1] == '/'))
        path++;
    for (unsigned number = 1; file_at(number, file); number++)
        if (strcmp(file->name, path) == 0)
            return true;
    return false;
}

/* Copy out of `size` bytes at `data`, from the file's offset on. */
static int
read_bytes(struct file *file, uint64_t va, int len, const char *data, size_t size)
{
    if (file->offset >= size)
        return 0;
    if ((size_t)len > size - file->offset)
        len = (int)(size - file->offset);
    if (!uvm_copy_out(&proc_this()->uvm, va, data + file->offset, (size_t)len))
        return -1;
    file->offset += (uint64_t)len;
    return len;
}

static int
archive_read(struct file *file, uint64_t va, int len)
{
    int done;

    lock_acquire(&file->lock);
    done = read_bytes(file, va, len, file->data.data, file->data.size);
    lock_release(&file->lock);
    return done;
}

static void
archive_stat(struct file *file, struct stat *st)
{
    *st = (struct stat){DEVICE_NUMBER, file->data.number + 1, T_FILE, 1, file->data.size};
}

/* The directory reads as one struct dirent for each file. */
static int
dir_read(struct file *file, uint64_t va, int len)
{
    struct archive_file member;
    struct dirent entry;
    int done = 0, n = 0;

    lock_acquire(&file->lock);
    while (done < len && file_at((unsigned)(file->offset / sizeof(entry)) + 1, &member)) {
        uint64_t base = file->offset - file->offset % sizeof(entry);
        entry = (struct dirent){.inum = (ushort)(member.number + 1)};
        memcpy(entry.name, member.name, strnlen(member.name, DIRSIZ));
        file->offset -= base;
        n = read_bytes(file, va + (uint64_t)done, len - done, (const char *)&entry, sizeof(entry));
        file->offset += base;
        if (n < 0)
            break;
        done += n;
    }
    lock_release(&file->lock);
    return n < 0 ? -1 : done;
}

static void
dir_stat(struct file *file, struct stat *st)
{
    struct archive_file member;
    unsigned count = 0;

    (void)file;
    while (file_at(count + 1, &member))
        count++;
    *st = (struct stat){DEVICE_NUMBER, 1, T_DIR, 1, count * sizeof(struct dirent)};
}

const struct file_ops archive_ops = {.read = archive_read, .stat = archive_stat};
const struct file_ops archive_dir_ops = {.read = dir_read, .stat = dir_stat};

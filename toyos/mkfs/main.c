/* mkfs: images of toyos's file system, on a PC. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"
#include "toyos/mkfs/fsck.h"
#include "toyos/mkfs/host.h"

#define PATH_SIZE 4096

static const char usage[] =
    "usage: mkfs make IMAGE SIZE [--inodes=N] [--cut] [FILE | NAME=FILE | NAME=@MAJOR,MINOR]...\n"
    "       mkfs put IMAGE [FILE | NAME=FILE | NAME=@MAJOR,MINOR]...\n"
    "       mkfs get IMAGE NAME [FILE]\n"
    "       mkfs ls IMAGE [NAME]\n"
    "       mkfs fsck IMAGE\n"
    "\n"
    "make makes an image of SIZE bytes (K, M, G) with these files in it; FILE gets the name "
    "/FILE,\n"
    "directories on the way are made. --cut ends the file behind the last block in use: the image "
    "is\n"
    "as large as before for who reads it. put adds files, or replaces their contents. get copies "
    "a\n"
    "file out, to stdout or to FILE. ls lists a directory: type, inode, links, size, name. fsck\n"
    "checks everything, as it is after the log has been replayed; it writes nothing.\n"
    "\n"
    "Exit status: 0; 1 if something failed, or if fsck found a problem; 2 for bad usage.\n";

static int
complain(const char *name, int error)
{
    fprintf(stderr, "mkfs: %s: %s\n", name, strerror(-error));
    return 1;
}

/* A size in bytes with K, M or G; 0 if the text is no size. */
static uint64_t
parse_size(const char *text)
{
    static const char units[] = "KMG";
    char *end;
    unsigned long long size = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (end == text || (*end && (!unit || end[1])))
        return 0;
    size <<= unit ? 10 * (unit - units + 1) : 0;
    return size;
}

static struct inode *
root(void)
{
    return inode_get(FS_ROOT);
}

/* Creates the directories that are missing on the way to `name`. */
static int
make_parents(const char *name)
{
    static const struct fs_new dir = {.type = T_DIR};
    char path[PATH_SIZE];
    struct inode *inode;

    snprintf(path, sizeof(path), "%s", name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int error;
        *slash = '\0';
        error = fs_create(root(), path, &dir, &inode);
        if (!error)
            inode_put(inode);
        else if (error != -EEXIST)
            return error;
        *slash = '/';
    }
    return 0;
}

static int
copy_in(struct inode *inode, FILE *file)
{
    static char data[FS_BLOCK_SIZE];
    uint64_t offset = 0;
    size_t n;

    while ((n = fread(data, 1, sizeof(data), file)) > 0) {
        /* Whole blocks, except for the last one. */
        int done = fs_write(inode, data, offset, (unsigned)n);
        if (done < 0)
            return done;
        offset += n;
    }
    return ferror(file) ? -EIO : 0;
}

/* Adds one file: FILE, NAME=FILE or NAME=@MAJOR,MINOR. */
static int
put_one(const char *argument)
{
    const char *equals = strchr(argument, '='), *source = equals ? equals + 1 : argument;
    const char *base = strrchr(argument, '/');
    struct fs_new what = {.type = T_FILE};
    unsigned major, minor;
    char name[PATH_SIZE];
    struct inode *inode;
    FILE *file = NULL;
    int error;

    if (equals)
        snprintf(name, sizeof(name), "/%.*s", (int)(equals - argument), argument);
    else
        snprintf(name, sizeof(name), "/%s", base ? base + 1 : argument);
    if (sscanf(source, "@%u,%u", &major, &minor) == 2) {
        what = (struct fs_new){T_DEVICE, (uint16_t)major, (uint16_t)minor, true};
    } else if (!(file = fopen(source, "rb"))) {
        return complain(source, -errno);
    }
    error = make_parents(name);
    if (!error)
        error = fs_create(root(), name, &what, &inode);
    if (!error) {
        if (file)
            error = fs_truncate(inode, 0);
        if (!error && file)
            error = copy_in(inode, file);
        inode_put(inode);
    }
    if (file)
        fclose(file);
    return error ? complain(name, error) : 0;
}

/* Adds these files, and leaves the image with an empty log. */
static int
put_all(char **arguments)
{
    int failed = 0, error;

    for (; *arguments && !failed; arguments++)
        failed = put_one(*arguments);
    error = fs_sync();
    return error ? complain("image", error) : failed;
}

/* The blocks up to the last one that is in use. */
static uint32_t
used_blocks(void)
{
    uint32_t last = fs_super.log;
    struct buf *buf;

    while (last-- > fs_super.data) {
        bool is_taken;
        if (buf_read(fs_super.block_bitmap + last / FS_BITS, &buf))
            return 0;
        is_taken = buf->data[last % FS_BITS / 8] >> last % 8 & 1;
        buf_release(buf);
        if (is_taken)
            break;
    }
    return last + 1;
}

/* The log of a new image is cleared again, so that the same files always give the same image. */
static int
clear_log(struct block_device *device)
{
    static _Alignas(FS_BLOCK_SIZE) char zeros[FS_BLOCK_SIZE];
    int error = 0;

    for (uint32_t block = fs_super.log; block < fs_super.block_count && !error; block++) {
        struct block_request request = {
            .op = BLOCK_WRITE,
            .sector = (uint64_t)block * (FS_BLOCK_SIZE / BLOCK_SECTOR),
            .len = FS_BLOCK_SIZE,
            .buffer = zeros,
        };
        error = block_run(device, &request);
    }
    return error ? error : journal_write_header(device, 1, 0);
}

static int
run_make(int argc, char **argv)
{
    uint64_t size = argc >= 2 ? parse_size(argv[1]) : 0;
    uint32_t inodes = 0, blocks = (uint32_t)(size / FS_BLOCK_SIZE);
    struct block_device *device;
    bool is_cut = false;
    int failed, error, first = 2;

    if (argc < 2)
        return fputs(usage, stderr), 2;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        if (strncmp(argv[first], "--inodes=", 9) == 0)
            inodes = (uint32_t)strtoul(argv[first] + 9, NULL, 10);
        else if (strcmp(argv[first], "--cut") == 0)
            is_cut = true;
        else
            return fputs(usage, stderr), 2;
    }
    if (size / FS_BLOCK_SIZE < FS_BLOCKS_MIN || size / FS_BLOCK_SIZE > FS_BLOCKS_MAX) {
        fprintf(stderr, "mkfs: size %s: from 1M to 16G\n", argv[1]);
        return 2;
    }
    device = disk_file_create(argv[0], blocks);
    if (!device)
        return 1;
    error = make_file_system(device, blocks, inodes);
    if (error) {
        fprintf(stderr, "mkfs: %s: %s\n", argv[0],
                error == -EINVAL ? "too many inodes for this size" : strerror(-error));
        return 1;
    }
    if (host_mount(device))
        return 1;
    failed = put_all(argv + first);
    if (!failed && clear_log(device))
        failed = complain(argv[0], -EIO);
    return disk_file_close(is_cut ? used_blocks() : 0) ? failed : 1;
}

static int
run_put(int argc, char **argv)
{
    struct block_device *device;
    int failed;

    if (argc < 2)
        return fputs(usage, stderr), 2;
    device = disk_file_open(argv[0], false);
    if (!device || host_mount(device))
        return 1;
    failed = put_all(argv + 1);
    return disk_file_close(0) ? failed : 1;
}

/* The inode at a path, locked; or NULL after a message. */
static struct inode *
find_locked(const char *name)
{
    struct inode *inode;
    int error = fs_find(root(), name, &inode);

    if (!error)
        error = inode_lock(inode);
    if (!error)
        return inode;
    complain(name, error);
    return NULL;
}

static int
run_get(int argc, char **argv)
{
    static char data[FS_BLOCK_SIZE];
    struct block_device *device;
    struct inode *inode;
    FILE *out = stdout;
    uint64_t offset = 0;
    int64_t n;

    if (argc != 2 && argc != 3)
        return fputs(usage, stderr), 2;
    device = disk_file_open(argv[0], true);
    if (!device || host_mount(device) || !(inode = find_locked(argv[1])))
        return 1;
    if (inode->disk.type != T_FILE) {
        fprintf(stderr, "mkfs: %s: not a file\n", argv[1]);
        return 1;
    }
    if (argc == 3 && !(out = fopen(argv[2], "wb")))
        return complain(argv[2], -errno);
    while ((n = inode_read(inode, data, offset, sizeof(data))) > 0) {
        fwrite(data, 1, (size_t)n, out);
        offset += (uint64_t)n;
    }
    if (n < 0)
        return complain(argv[1], (int)n);
    if (fclose(out))
        return complain(argc == 3 ? argv[2] : "stdout", -errno);
    return 0;
}

static void
print_entry(uint32_t number, const char *name)
{
    static const char types[] = "?dfc";
    struct inode *inode = inode_get(number);

    if (inode_lock(inode))
        return;
    printf("%c %5u %3u %9llu %.14s", types[inode->disk.type], number, inode->disk.nlink,
           (unsigned long long)inode->disk.size, name);
    if (inode->disk.type == T_DEVICE)
        printf(" (%u, %u)", inode->disk.major, inode->disk.minor);
    putchar('\n');
    inode_unlock(inode);
    inode_put(inode);
}

static int
run_ls(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "/";
    struct block_device *device;
    struct fs_bucket bucket;
    struct inode *dir;
    uint64_t offset = 0;

    if (argc != 1 && argc != 2)
        return fputs(usage, stderr), 2;
    device = disk_file_open(argv[0], true);
    if (!device || host_mount(device) || !(dir = find_locked(name)))
        return 1;
    inode_unlock(dir);
    if (dir->disk.type != T_DIR) {
        print_entry(dir->number, name);
        return 0;
    }
    while (inode_read(dir, &bucket, offset, sizeof(bucket)) == sizeof(bucket)) {
        for (unsigned i = 0; i < FS_BUCKET_SLOTS; i++)
            if (bucket.entry[i].inode)
                print_entry(bucket.entry[i].inode, bucket.entry[i].name);
        offset += sizeof(bucket);
    }
    return 0;
}

static void
print_problem(void *context, const char *line)
{
    (void)context;
    puts(line);
}

static int
run_fsck(int argc, char **argv)
{
    uint64_t size;
    uint8_t *image;
    unsigned problems;

    if (argc != 1)
        return fputs(usage, stderr), 2;
    image = disk_file_map(argv[0], &size);
    if (!image)
        return 1;
    problems = fsck_check(image, size, print_problem, NULL);
    if (problems)
        printf("%s: %u problems\n", argv[0], problems);
    else
        printf("%s: sound\n", argv[0]);
    return problems != 0;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        {"make", run_make}, {"put", run_put}, {"get", run_get}, {"ls", run_ls}, {"fsck", run_fsck},
    };

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0;
    for (unsigned i = 0; argc >= 3 && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);
    fputs(usage, stderr);
    return 2;
}

/*
 * usertests_fs [NAME...]: what files and directories promise, bad use included; all tests, or
 * these. A test that fails says where. usertests_fsmp has those with many processes.
 */
#include "toyos/user/fstest.h"

static void
test_create(void)
{
    struct stat st;
    int fd = open("f", O_CREATE | O_RDWR);

    CHECK(fd >= 0 && write(fd, "hello", 5) == 5 && fstat(fd, &st) == 0);
    CHECK(st.type == T_FILE && st.size == 5 && st.nlink == 1 && st.ino > 1);
    CHECK(read(fd, buf, 5) == 0);
    close(fd);
    fd = open("f", O_RDONLY);
    CHECK(read(fd, buf, 100) == 5 && memcmp(buf, "hello", 5) == 0);
    CHECK(write(fd, "x", 1) == -1 && errno == EBADF);
    close(fd);
    fd = open("f", O_WRONLY);
    CHECK(read(fd, buf, 1) == -1 && errno == EBADF);
    CHECK(write(fd, "J", 1) == 1);
    close(fd);
    fd = open("f", O_RDWR);
    CHECK(read(fd, buf, 100) == 5 && memcmp(buf, "Jello", 5) == 0);
    CHECK(unlink("f") == 0 && open("f", O_RDONLY) == -1 && errno == ENOENT);
}

static void
test_open_errors(void)
{
    CHECK(open("", O_RDONLY) == -1 && open("", O_CREATE | O_RDWR) == -1);
    CHECK(open("no/such", O_CREATE | O_RDWR) == -1 && errno == ENOENT);
    CHECK(open("/README/x", O_RDONLY) == -1 && errno == ENOTDIR);
    CHECK(open("/README/x", O_CREATE | O_RDWR) == -1 && errno == ENOTDIR);
    CHECK(open(".", O_RDWR) == -1 && open(".", O_WRONLY) == -1 && errno == EISDIR);
    CHECK(open("/", O_CREATE | O_RDWR) == -1 && open(".", O_CREATE) == -1);
    CHECK(open((char *)0x80000000, O_RDONLY) == -1 && open((char *)-1, O_CREATE) == -1);
    CHECK(open("/console", O_RDWR) >= 0);
}

static void
test_descriptors(void)
{
    int fd[NOFILE], n = 0;

    make_closed("f", 'x', 10);
    while ((fd[n] = open("f", O_RDONLY)) >= 0)
        n++;
    CHECK(n == NOFILE - 3 && errno == EMFILE && dup(0) == -1);
    CHECK(mkdir("d") == 0 && unlink("d") == 0); /* needs none */
    for (int i = 0; i < n; i++)
        CHECK(close(fd[i]) == 0 && close(fd[i]) == -1);
    CHECK(close(-1) == -1 && close(NOFILE) == -1 && dup(99) == -1 && errno == EBADF);
}

static void
test_dup(void)
{
    int fd = make_file("f", 'a', 0), copy = dup(fd);

    CHECK(copy > fd && write(fd, "ab", 2) == 2 && write(copy, "cd", 2) == 2); /* one offset */
    CHECK(close(fd) == 0 && write(copy, "e", 1) == 1);
    close(copy);
    fd = open("f", O_RDONLY);
    CHECK(read(fd, buf, 10) == 5 && memcmp(buf, "abcde", 5) == 0);
}

static void
test_truncate(void)
{
    int fd = make_file("f", 'a', 9000), other = open("f", O_RDONLY);

    CHECK(read(other, buf, 100) == 100);
    close(open("f", O_WRONLY | O_TRUNC));
    CHECK(read(other, buf, 100) == 0);
    CHECK(write(fd, "x", 1) == -1); /* beyond the end, as in xv6 */
    CHECK(file_len("f", 0) == 0);
    close(fd);
    fd = open("f", O_WRONLY);
    CHECK(write(fd, "abc", 3) == 3 && file_len("f", 'a') == -1);
    CHECK(ftruncate(fd, 1) == 0 && file_len("f", 'a') == 1);
    CHECK(ftruncate(fd, 5000) == 0 && ftruncate(fd, -1) == -1 && ftruncate(other, 1) == -1);
    close(other);
    other = open("f", O_RDONLY);
    CHECK(read(other, buf, sizeof(buf)) == 5000 && buf[0] == 'a' && buf[1] == 0 && buf[4999] == 0);
}

static void
test_lseek(void)
{
    int fd = make_file("f", 'a', 100);
    int pipes[2];

    CHECK(lseek(fd, 10, SEEK_SET) == 10 && lseek(fd, 5, SEEK_CUR) == 15);
    CHECK(write(fd, "b", 1) == 1 && lseek(fd, -1, SEEK_END) == 99 && read(fd, buf, 10) == 1);
    CHECK(lseek(fd, -101, SEEK_END) == -1 && lseek(fd, 0, 3) == -1 && errno == EINVAL);
    CHECK(lseek(fd, 1000000, SEEK_SET) == 1000000 && write(fd, "z", 1) == 1); /* leaves a hole */
    CHECK(lseek(fd, 999999, SEEK_SET) == 999999 && read(fd, buf, 10) == 2 && buf[0] == 0 &&
          buf[1] == 'z');
    CHECK(lseek(fd, 15, SEEK_SET) == 15 && read(fd, buf, 2) == 2 && buf[0] == 'b' && buf[1] == 'a');
    CHECK(pipe(pipes) == 0 && lseek(pipes[0], 0, SEEK_SET) == -1 && errno == ESPIPE);
    CHECK(lseek(0, 0, SEEK_SET) == -1 && lseek(99, 0, SEEK_SET) == -1);
}

static void
test_append(void)
{
    int fd = make_file("f", 'a', 10), other = open("f", O_WRONLY | O_APPEND);

    CHECK(write(other, "aaa", 3) == 3 && write(fd, "aa", 2) == 2 && write(other, "aaa", 3) == 3);
    CHECK(file_len("f", 'a') == 16);
}

static void
test_sizes(void)
{
    for (int len = 1; len < 13 * BSIZE; len += 471) { /* one write each: also across blocks */
        static char big[13 * BSIZE];
        int fd = open("f", O_CREATE | O_RDWR | O_TRUNC);
        memset(big, len % 251, sizeof(big));
        CHECK(write(fd, big, len) == len && write(fd, big, len) == len);
        close(fd);
        CHECK(file_len("f", len % 251) == 2 * len);
    }
}

static void
test_pieces(void)
{
    int fd = make_file("f", 'a', 0);

    memset(buf, 'p', 600);
    for (int i = 0; i < 100; i++)
        CHECK(write(fd, buf, 600) == 600);
    close(fd);
    fd = open("f", O_RDONLY);
    for (int i = 0; i < 200; i++)
        CHECK(read(fd, buf, 300) == 300 && buf[0] == 'p' && buf[299] == 'p');
    CHECK(read(fd, buf, 300) == 0);
}

static void
test_large(void)
{
    const int blocks = 3 * MAXFILE; /* into the indirect blocks */
    int fd = make_file("f", 'a', 0);

    for (int i = 0; i < blocks; i++) {
        ((int *)buf)[0] = i;
        CHECK(write(fd, buf, BSIZE) == BSIZE);
    }
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    for (int i = 0; i < blocks; i++)
        CHECK(read(fd, buf, BSIZE) == BSIZE && ((int *)buf)[0] == i);
    CHECK(read(fd, buf, BSIZE) == 0);
}

/* The largest offsets: a hole does not take room. */
static void
test_largest(void)
{
    const long max = 26 * 4096L + 1024 * 4096L + 1024 * 1024 * 4096L;
    struct stat st;
    int fd = make_file("f", 'a', 0);

    CHECK(lseek(fd, 64 << 20, SEEK_SET) == 64 << 20 && write(fd, "m", 1) == 1);
    CHECK(lseek(fd, max - 1, SEEK_SET) == max - 1 && write(fd, "e", 1) == 1);
    CHECK(write(fd, "x", 1) == -1 && errno == EFBIG && lseek(fd, max + 1, SEEK_SET) == -1);
    CHECK(fstat(fd, &st) == 0 && (long)st.size == max);
    CHECK(lseek(fd, max - 1, SEEK_SET) == max - 1 && read(fd, buf, 9) == 1 && buf[0] == 'e');
    CHECK(ftruncate(fd, (64 << 20) + 1) == 0 && lseek(fd, -1, SEEK_END) == 64 << 20);
    CHECK(read(fd, buf, 9) == 1 && buf[0] == 'm' && ftruncate(fd, 0) == 0);
}

static void
test_bad_pointers(void)
{
    static char *const bad[] = {(char *)0x80000000, (char *)0x3fffffe000, (char *)0x3ffffff000,
                                (char *)0x4000000000, (char *)-1};
    int fd = make_file("f", 'a', 100);

    for (uint i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(write(fd, bad[i], 8192) == -1 && errno == EFAULT);
        CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, bad[i], 8192) == -1 && errno == EFAULT);
        CHECK(lseek(fd, 0, SEEK_END) == 100);
        CHECK(unlink(bad[i]) == -1 && link(bad[i], "x") == -1 && link("f", bad[i]) == -1);
        CHECK(mkdir(bad[i]) == -1 && chdir(bad[i]) == -1 && mknod(bad[i], 1, 1) == -1);
        CHECK(rename("f", bad[i]) == -1 && fstat(fd, (struct stat *)bad[i]) == -1);
    }
    CHECK(file_len("f", 'a') == 100 && read(fd, 0, 1) <= 0);
    CHECK(write(fd, buf, -1) == -1 && read(fd, buf, -1) == -1 && write(fd, buf, 0) == 0);
}

static void
test_unlink_open(void)
{
    int fd = make_file("f", 'a', 20000), again;

    CHECK(unlink("f") == 0 && !exists("f"));
    CHECK(write(fd, "aa", 2) == 2 && lseek(fd, 0, SEEK_SET) == 0);
    again = make_file("f", 'b', 50); /* another file */
    CHECK(read_all(fd, 'a') == 20002);
    close(fd);
    close(again);
    CHECK(file_len("f", 'b') == 50);
}

static void
test_link(void)
{
    make_closed("f", 'a', 30);
    CHECK(link("f", "g") == 0 && links_of("f") == 2 && links_of("g") == 2);
    CHECK(unlink("f") == 0 && !exists("f") && file_len("g", 'a') == 30 && links_of("g") == 1);
    CHECK(link("g", "g") == -1 && errno == EEXIST);
    CHECK(link("f", "h") == -1 && errno == ENOENT && link(".", "h") == -1 && errno == EPERM);
    CHECK(link("g", "no/h") == -1 && link("g", "g/h") == -1 && errno == ENOTDIR);
}

static void
test_many_links(void)
{
    char name[DIRSIZ + 1];

    make_closed("f", 'a', 1);
    for (int i = 0; i < 500; i++)
        CHECK(link("f", numbered(name, "l", i)) == 0);
    CHECK(links_of("f") == 501 && unlink("f") == 0);
    for (int i = 0; i < 500; i++)
        CHECK(unlink(numbered(name, "l", i)) == 0);
}

static void
test_mkdir(void)
{
    struct stat st;

    CHECK(mkdir("d") == 0 && stat("d", &st) == 0 && st.type == T_DIR && st.nlink == 1);
    CHECK(mkdir("d") == -1 && errno == EEXIST && mkdir("/") == -1 && mkdir("d/.") == -1);
    CHECK(mkdir("") == -1 && mkdir("no/d") == -1 && errno == ENOENT);
    CHECK(mkdir("d/e") == 0 && links_of("d") == 2 && count_names("d") == 3);
    make_closed("d/f", 'a', 1);
    CHECK(mkdir("d/f") == -1 && mkdir("d/f/g") == -1 && errno == ENOTDIR);
    CHECK(unlink("d") == -1 && errno == ENOTEMPTY && unlink("d/e") == 0 && links_of("d") == 1);
    CHECK(unlink("d") == -1 && unlink("d/f") == 0 && unlink("d") == 0 && !exists("d"));
}

static void
test_dots(void)
{
    struct stat a, b;

    CHECK(mkdir("d") == 0 && mkdir("d/e") == 0 && stat("d", &a) == 0);
    CHECK(stat("d/e/..", &b) == 0 && a.ino == b.ino && stat("d/./e/../../d", &b) == 0 &&
          a.ino == b.ino);
    CHECK(stat("/", &a) == 0 && stat("/..", &b) == 0 && a.ino == b.ino && a.ino == 1);
    CHECK(stat("//..//.//", &b) == 0 && a.ino == b.ino);
    CHECK(unlink(".") == -1 && unlink("..") == -1 && unlink("d/.") == -1 && unlink("d/..") == -1);
    CHECK(unlink("/") == -1 && rename("d/.", "x") == -1 && rename("d", "..") == -1);
    CHECK(link("/README", "d/..") == -1 && exists("d/e"));
}

static void
test_chdir(void)
{
    CHECK(mkdir("d") == 0 && mkdir("d/e") == 0 && chdir("d/e") == 0);
    make_closed("f", 'a', 3);
    CHECK(chdir("..") == 0 && file_len("e/f", 'a') == 3 && chdir("e/f") == -1 && errno == ENOTDIR);
    CHECK(chdir("no") == -1 && chdir("../d/./e/..") == 0 && exists("e"));
    CHECK(chdir("/") == 0 && exists("README") && !exists("e"));
}

static void
test_chdir_removed(void)
{
    CHECK(mkdir("d") == 0 && chdir("d") == 0 && unlink("../d") == 0);
    CHECK(open("f", O_CREATE | O_RDWR) == -1 && errno == ENOENT && mkdir("e") == -1);
    CHECK(link("/README", "r") == -1 && rename("/README", "r") == -1);
    CHECK(chdir("..") == 0 && !exists("d") && mkdir("d") == 0);
}

/* Deep, then away from the bottom. */
static void
test_deep(void)
{
    for (int i = 0; i < 60; i++)
        CHECK(mkdir("deep") == 0 && chdir("deep") == 0);
    make_closed("f", 'a', 1);
    CHECK(unlink("f") == 0);
    for (int i = 0; i < 60; i++)
        CHECK(chdir("..") == 0 && unlink("deep") == 0);
}

static void
test_long_names(void)
{
    char path[MAXPATH + 10];

    CHECK(mkdir("12345678901234") == 0 && mkdir("123456789012345") == -1); /* cut: the same */
    make_closed("12345678901234xyz/abcdefghijklmnop", 'a', 5);
    CHECK(file_len("12345678901234/abcdefghijklmn", 'a') == 5);
    memset(path, '/', sizeof(path));
    path[MAXPATH - 2] = 'x';
    path[MAXPATH - 1] = '\0';
    make_closed(path, 'a', 1);
    CHECK(exists("/x") && unlink("/x") == 0);
    path[MAXPATH - 1] = 'x';
    path[MAXPATH] = '\0';
    CHECK(open(path, O_CREATE | O_RDWR) == -1 && mkdir(path) == -1 && unlink(path) == -1);
}

static void
test_rename(void)
{
    make_closed("f", 'a', 10);
    make_closed("g", 'b', 20);
    CHECK(rename("f", "h") == 0 && !exists("f") && file_len("h", 'a') == 10);
    CHECK(rename("h", "g") == 0 && file_len("g", 'a') == 10 && !exists("h") && links_of("g") == 1);
    CHECK(rename("g", "g") == 0 && exists("g") && rename("no", "x") == -1 && errno == ENOENT);
    CHECK(link("g", "k") == 0 && rename("g", "k") == 0 &&
          links_of("k") == 2); /* the same: nothing */
    CHECK(mkdir("d") == 0 && rename("g", "d") == -1 && errno == EISDIR);
    CHECK(rename("d", "g") == -1 && errno == ENOTDIR && rename("g", "no/g") == -1);
}

static void
test_rename_dirs(void)
{
    struct stat a, b;

    CHECK(mkdir("a") == 0 && mkdir("a/b") == 0 && mkdir("c") == 0 && mkdir("a/b/x") == 0);
    CHECK(rename("a/b", "c/d") == 0 && exists("c/d/x") && !exists("a/b"));
    CHECK(links_of("a") == 1 && links_of("c") == 2);
    CHECK(stat("c", &a) == 0 && stat("c/d/..", &b) == 0 && a.ino == b.ino);
    CHECK(rename("c", "c/d/c") == -1 && errno == EINVAL && rename("c", "c/c") == -1);
    CHECK(rename("a", "c") == -1 && errno == ENOTEMPTY && rename("c/d/x", "c") == -1);
    CHECK(rename("c", "a") == 0 && exists("a/d/x") && !exists("c")); /* over an empty one */
    CHECK(rename("/", "x") == -1 && rename("a", "/") == -1);
}

/* 10,000 names. */
static void
test_big_directory(void)
{
    char name[DIRSIZ + 1];

    CHECK(mkdir("d") == 0 && chdir("d") == 0);
    make_closed("f", 'a', 1);
    for (int i = 0; i < 10000; i++)
        CHECK(link("f", numbered(name, "name", i)) == 0);
    CHECK(count_names(".") == 10003);
    for (int i = 0; i < 10000; i += 2)
        CHECK(unlink(numbered(name, "name", i)) == 0);
    for (int i = 0; i < 10000; i++)
        CHECK(exists(numbered(name, "name", i)) == i % 2);
    CHECK(count_names(".") == 5003);
    for (int i = 1; i < 10000; i += 2)
        CHECK(unlink(numbered(name, "name", i)) == 0);
    CHECK(unlink("f") == 0 && count_names(".") == 2 && chdir("..") == 0 && unlink("d") == 0);
}

static void
test_hundreds_of_files(void)
{
    char name[DIRSIZ + 1];

    for (int i = 0; i < 300; i++)
        make_closed(numbered(name, "h", i), i % 100, i);
    for (int i = 0; i < 300; i++)
        CHECK(file_len(numbered(name, "h", i), i % 100) == i);
    for (int i = 0; i < 300; i++)
        CHECK(unlink(numbered(name, "h", i)) == 0);
}

static void
test_read_dir(void)
{
    struct dirent entry;
    struct stat st;
    int fd, is_found = 0;

    CHECK(mkdir("d") == 0);
    make_closed("d/file", 'a', 1);
    fd = open("d", O_RDONLY);
    CHECK(fstat(fd, &st) == 0 && st.type == T_DIR && write(fd, "x", 1) == -1);
    while (read(fd, &entry, sizeof(entry)) == sizeof(entry))
        is_found += entry.inum && strcmp(entry.name, "file") == 0;
    CHECK(is_found == 1 && read(fd, buf, 100) == 0);
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, buf, 7) == 7); /* any length */
}

/* The disk full: short or -1; and all of it comes back. */
static void
test_disk_full(void)
{
    long total[2] = {0, 0};

    for (int round = 0; round < 2; round++) {
        int fd = make_file("f", 'a', 0), n;
        while ((n = write(fd, buf, sizeof(buf))) == sizeof(buf))
            total[round] += n;
        CHECK(n >= 0 || errno == ENOSPC);
        total[round] += n > 0 ? n : 0;
        CHECK(mkdir("d") == -1 && errno == ENOSPC);
        CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "a", 1) == 1); /* what is there can change */
        CHECK(unlink("f") == 0);
        close(fd);
    }
    CHECK(total[0] > 100000 && total[0] == total[1]);
}

static void
test_out_of_inodes(void)
{
    char name[DIRSIZ + 1];
    int made[2];

    for (int round = 0; round < 2; round++) {
        int n = 0, fd;
        while ((fd = open(numbered(name, "i", n), O_CREATE | O_RDWR)) >= 0) {
            close(fd);
            n++;
        }
        CHECK(errno == ENOSPC && mknod("dev", 1, 0) == -1 && mkdir("d") == -1);
        made[round] = n;
        while (n--)
            CHECK(unlink(numbered(name, "i", n)) == 0);
    }
    CHECK(made[0] > 500 && made[0] == made[1]);
}

/* A write from a bad address must not keep a block. */
static void
test_bad_writes_leak_nothing(void)
{
    for (int i = 0; i < 5000; i++) {
        int fd = open("f", O_CREATE | O_WRONLY);
        CHECK(fd >= 0 && write(fd, (char *)0xffffffffff, 1) == -1);
        close(fd);
        CHECK(unlink("f") == 0);
    }
    make_closed("f", 'a', 8192);
}

static void
test_mknod(void)
{
    struct stat st;
    int fd;

    CHECK(mknod("tty", 1, 0) == 0 && stat("tty", &st) == 0 && st.type == T_DEVICE);
    fd = open("tty", O_WRONLY);
    CHECK(fd >= 0 && write(fd, "", 0) == 0 && ftruncate(fd, 0) == -1);
    CHECK(mknod("tty", 1, 0) == -1 && errno == EEXIST);
    CHECK(mknod("none", 99, 0) == 0 && open("none", O_RDONLY) == -1 && errno == ENXIO);
    CHECK(open("none", O_CREATE | O_TRUNC | O_RDWR) == -1 && unlink("none") == 0);
}

static void
test_exec_files(void)
{
    static char x[] = "x", *argv[] = {x, 0};
    int fd;

    make_closed("f", 'a', 5000);
    make_closed("e", 'a', 0);
    CHECK(mkdir("d") == 0);
    CHECK(exec("f", argv) == -1 && errno == ENOEXEC && exec("e", argv) == -1 && errno == ENOEXEC);
    CHECK(exec("d", argv) == -1 && exec("no", argv) == -1 && errno == ENOENT);
    fd = open("copy", O_CREATE | O_WRONLY);
    if (fork() == 0) { /* a relative path, and a program that was just written */
        int from = open("/true", O_RDONLY), n;
        while ((n = read(from, buf, sizeof(buf))) > 0)
            CHECK(write(fd, buf, n) == n);
        close(fd);
        exec("./copy", argv);
        exit(1);
    }
    close(fd);
    wait_all();
}

static const struct test tests[] = {
    TEST(create),
    TEST(open_errors),
    TEST(descriptors),
    TEST(dup),
    TEST(truncate),
    TEST(lseek),
    TEST(append),
    TEST(sizes),
    TEST(pieces),
    TEST(large),
    TEST(largest),
    TEST(bad_pointers),
    TEST(unlink_open),
    TEST(link),
    TEST(many_links),
    TEST(mkdir),
    TEST(dots),
    TEST(chdir),
    TEST(chdir_removed),
    TEST(deep),
    TEST(long_names),
    TEST(rename),
    TEST(rename_dirs),
    TEST(big_directory),
    TEST(hundreds_of_files),
    TEST(read_dir),
    TEST(disk_full),
    TEST(out_of_inodes),
    TEST(bad_writes_leak_nothing),
    TEST(mknod),
    TEST(exec_files),
};

int
main(int argc, char **argv)
{
    return run_tests(tests, TESTS, argc, argv);
}

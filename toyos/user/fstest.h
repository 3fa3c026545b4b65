/*
 * What the tests of the file system share. Each test is a process, in an empty directory of its
 * own, and ends at the first thing that is wrong.
 */
#ifndef TOYOS_FSTEST_H
#define TOYOS_FSTEST_H

#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "user/toyos.h"

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST(name) {#name, test_##name}
#define TESTS      (sizeof(tests) / sizeof(tests[0]))

/* Programs use some of these, not all. */
#define SHARED static __attribute__((unused))

static const char *test_name;
static char buf[8192];

#define CHECK(is_good)                                                                             \
    do {                                                                                           \
        if (!(is_good)) {                                                                          \
            printf("%s: line %d: %s (errno: %s)\n", test_name, __LINE__, #is_good,                 \
                   strerror(errno));                                                               \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

SHARED int
make_file(const char *path, int fill, int len)
{
    int fd = open(path, O_CREATE | O_RDWR | O_TRUNC);

    CHECK(fd >= 0);
    for (int done = 0; done < len;) {
        int piece = len - done < (int)sizeof(buf) ? len - done : (int)sizeof(buf);
        memset(buf, fill, sizeof(buf));
        CHECK(write(fd, buf, piece) == piece);
        done += piece;
    }
    return fd;
}

/* A file of this name and length, and closed. */
SHARED void
make_closed(const char *path, int fill, int len)
{
    close(make_file(path, fill, len));
}

/* How many bytes can be read, all of them `fill`; -1 if one is not. */
SHARED int
read_all(int fd, int fill)
{
    int total = 0, n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        for (int i = 0; i < n; i++)
            if (buf[i] != (char)fill)
                return -1;
        total += n;
    }
    return n < 0 ? -1 : total;
}

SHARED int
file_len(const char *path, int fill)
{
    int fd = open(path, O_RDONLY), len;

    if (fd < 0)
        return -2;
    len = read_all(fd, fill);
    close(fd);
    return len;
}

SHARED int
exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

SHARED int
links_of(const char *path)
{
    struct stat st;

    CHECK(stat(path, &st) == 0);
    return st.nlink;
}

/* "PREFIXnnn" */
SHARED char *
numbered(char *name, const char *prefix, int n)
{
    unsigned long len = strlen(prefix);

    strcpy(name, prefix);
    name[len] = (char)('0' + n / 1000 % 10);
    name[len + 1] = (char)('0' + n / 100 % 10);
    name[len + 2] = (char)('0' + n / 10 % 10);
    name[len + 3] = (char)('0' + n % 10);
    name[len + 4] = '\0';
    return name;
}

SHARED int
count_names(const char *dir)
{
    struct dirent entry;
    int fd = open(dir, O_RDONLY), count = 0;

    CHECK(fd >= 0);
    while (read(fd, &entry, sizeof(entry)) == sizeof(entry))
        count += entry.inum != 0;
    close(fd);
    return count;
}

/* All children have to end with status 0. */
SHARED void
wait_all(void)
{
    int status;

    while (wait(&status) > 0)
        CHECK(status == 0);
}

SHARED int
is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return 1;
    return argc == 1;
}

/* Remove a tree. */
SHARED void
clean(const char *path)
{
    struct dirent entry;
    char below[MAXPATH];
    int fd;

    if (unlink(path) == 0 || errno != ENOTEMPTY)
        return;
    fd = open(path, O_RDONLY);
    while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
        unsigned long len = strlen(path);
        if (!entry.inum || entry.name[0] == '.' || len + DIRSIZ + 2 > MAXPATH)
            continue;
        strcpy(below, path);
        below[len] = '/';
        memcpy(below + len + 1, entry.name, DIRSIZ);
        below[len + 1 + DIRSIZ] = '\0';
        clean(below);
    }
    close(fd);
    unlink(path);
}

/* Each test in a process and an empty directory of its own. */
SHARED int
run_tests(const struct test *tests, uint count, int argc, char **argv)
{
    int failed = 0, run = 0, status;

    for (uint i = 0; i < count; i++) {
        test_name = tests[i].name;
        if (!is_wanted(test_name, argc, argv))
            continue;
        run++;
        clean("/fstest");
        if (mkdir("/fstest") < 0) {
            perror("/fstest");
            return 1;
        }
        if (fork() == 0) {
            CHECK(chdir("/fstest") == 0);
            tests[i].run();
            exit(0);
        }
        if (wait(&status) < 0 || status != 0) {
            printf("%s: FAILED\n", test_name);
            failed++;
        }
    }
    clean("/fstest");
    printf("%s: %d of %d tests failed\n", argv[0], failed, run);
    return failed != 0 || run == 0;
}

#endif

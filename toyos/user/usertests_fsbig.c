/*
 * usertests_fsbig [NAME...]: the file system at the size of a real disk; wants a root of 128 MB
 * with little on it. usertests_fs has the same promises on a small scale.
 */
#include "toyos/user/fstest.h"

#define FILES 10000 /* in one directory */
#define BIG   (100 << 20)
#define BLOCK 4096

/* What the k-th word of block n of a file is. */
static uint
word_of(uint n, uint k)
{
    return (n * 1024 + k) * 2654435761u;
}

static void
write_blocks(int fd, uint from, uint end)
{
    uint *words = (uint *)(void *)buf;

    for (uint n = from; n < end; n++) {
        for (uint k = 0; k < BLOCK / 4; k++)
            words[k] = word_of(n, k);
        CHECK(write(fd, buf, BLOCK) == BLOCK);
    }
}

static void
check_block(int fd, uint n)
{
    const uint *words = (uint *)(void *)buf;

    CHECK(read(fd, buf, BLOCK) == BLOCK);
    for (uint k = 0; k < BLOCK / 4; k++)
        CHECK(words[k] == word_of(n, k));
}

/* 100 MB, through all levels of indirect blocks, and many times the buffer cache. */
static void
test_big_file(void)
{
    const uint blocks = BIG / BLOCK;
    struct stat st;
    int fd = make_file("f", 'a', 0);

    write_blocks(fd, 0, blocks);
    CHECK(fstat(fd, &st) == 0 && st.size == BIG && lseek(fd, 0, SEEK_SET) == 0);
    for (uint n = 0; n < blocks; n++)
        check_block(fd, n);
    CHECK(read(fd, buf, 1) == 0);
    for (uint n = 1; n < blocks; n = n * 3 + 1) { /* here and there, there and back */
        CHECK(lseek(fd, (long)(blocks - n) * BLOCK, SEEK_SET) > 0);
        check_block(fd, blocks - n);
        CHECK(lseek(fd, (long)n * BLOCK, SEEK_SET) > 0);
        check_block(fd, n);
    }
    CHECK(ftruncate(fd, BIG / 2) == 0 && lseek(fd, 0, SEEK_END) == BIG / 2);
    write_blocks(fd, blocks / 2, blocks / 2 + 100); /* anew where there was something */
    CHECK(lseek(fd, BIG / 2 - 10 * BLOCK, SEEK_SET) > 0);
    for (uint n = blocks / 2 - 10; n < blocks / 2 + 100; n++)
        check_block(fd, n);
    CHECK(read(fd, buf, 1) == 0 && close(fd) == 0 && unlink("f") == 0);
}

/* 10,000 files, not only names of one. */
static void
test_ten_thousand_files(void)
{
    char name[DIRSIZ + 1];
    struct stat st;

    CHECK(mkdir("d") == 0 && chdir("d") == 0);
    for (int i = 0; i < FILES; i++)
        make_closed(numbered(name, "file", i), i % 100, i % 50);
    CHECK(count_names(".") == FILES + 2);
    for (int i = 0; i < FILES; i++) {
        CHECK(stat(numbered(name, "file", i), &st) == 0 && st.size == (uint64)i % 50);
        if (i % 7 == 0)
            CHECK(file_len(name, i % 100) == i % 50);
        CHECK(!exists(numbered(name, "none", i)));
    }
    for (int i = 0; i < FILES; i += 3)
        CHECK(rename(numbered(name, "file", i), "moved") == 0 && rename("moved", name) == 0);
    for (int i = 0; i < FILES; i++)
        CHECK(unlink(numbered(name, "file", i)) == 0);
    CHECK(count_names(".") == 2 && chdir("..") == 0 && unlink("d") == 0);
}

/* Bytes that a file can have until the disk is full; it goes again. */
static long
fill(void)
{
    int fd = make_file("fill", 'a', 0), n;
    long total = 0;

    while ((n = write(fd, buf, sizeof(buf))) > 0)
        total += n;
    CHECK(n == 0 || errno == ENOSPC);
    CHECK(close(fd) == 0 && unlink("fill") == 0);
    return total;
}

/* Files of a few blocks in many directories until the disk is full; every other one goes, and its
 * room, in pieces, has to be found and used. All goes at the end. */
static void
test_full_of_files(void)
{
    char name[DIRSIZ + 1];
    long empty = fill(), holes;
    int count = 0, fd, dirs, n = 0;

    CHECK(empty > BIG);
    for (dirs = 0; n >= 0 && mkdir(numbered(name, "d", dirs)) == 0; dirs++) {
        CHECK(chdir(name) == 0);
        for (int i = 0; i < 200 && n >= 0; i++) {
            fd = open(numbered(name, "f", i), O_CREATE | O_RDWR);
            for (int k = 0; fd >= 0 && k < 1 + i % 8; k++)
                if ((n = write(fd, buf, sizeof(buf))) != sizeof(buf))
                    n = -1;
            if (fd < 0)
                n = -1;
            close(fd);
            count++;
        }
        CHECK(chdir("..") == 0);
    }
    CHECK(count > 2000 && fill() <= (long)sizeof(buf));
    for (int d = 0; d < dirs; d++) {
        CHECK(chdir(numbered(name, "d", d)) == 0);
        for (int i = 1; i < 200; i += 2)
            CHECK(unlink(numbered(name, "f", i)) == 0 || d == dirs - 1);
        CHECK(chdir("..") == 0);
    }
    holes = fill();
    CHECK(holes > empty / 3 && holes < empty * 2 / 3 && fill() == holes);
    for (int d = 0; d < dirs; d++)
        clean(numbered(name, "d", d));
    CHECK(fill() == empty);
}

/* As many files as there are inodes, in directories of 1,000; twice as many, and then there is as
 * much room as before. */
static void
test_full_of_inodes(void)
{
    char name[DIRSIZ + 1];
    long empty = fill();
    int made[2];

    for (int round = 0; round < 2; round++) {
        int n = 0, fd = 0;
        for (int d = 0; fd >= 0 && mkdir(numbered(name, "d", d)) == 0; d++) {
            CHECK(chdir(name) == 0);
            for (int i = 0; i < 1000 && (fd = open(numbered(name, "f", i), O_CREATE | O_RDWR)) >= 0;
                 i++)
                close(fd), n++;
            CHECK(chdir("..") == 0);
        }
        CHECK(errno == ENOSPC);
        made[round] = n;
        for (int d = 0; exists(numbered(name, "d", d)); d++)
            clean(name);
    }
    CHECK(made[0] > FILES && made[0] == made[1] && fill() == empty);
}

static const struct test tests[] = {
    TEST(big_file),
    TEST(ten_thousand_files),
    TEST(full_of_files),
    TEST(full_of_inodes),
};

int
main(int argc, char **argv)
{
    return run_tests(tests, TESTS, argc, argv);
}

/*
 * usertests_fsmp [NAME...]: what files and directories promise to many processes that use them at
 * once; all tests, or these.
 */
#include <pthread.h>

#include "toyos/user/fstest.h"

static void
test_shared_offset(void)
{
    int fd = make_file("f", 'a', 0);

    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            memset(buf, 'a' + i, 10);
            for (int j = 0; j < 500; j++)
                CHECK(write(fd, buf, 10) == 10);
            exit(0);
        }
    }
    wait_all();
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    for (int i = 0, count[2] = {0, 0}; i < 1000; i++) {
        CHECK(read(fd, buf, 10) == 10 && (buf[0] == 'a' || buf[0] == 'b'));
        for (int j = 1; j < 10; j++)
            CHECK(buf[j] == buf[0]); /* no write was torn */
        CHECK(++count[buf[0] - 'a'] <= 500);
    }
    CHECK(read(fd, buf, 10) == 0);
}

static void
test_two_append(void)
{
    make_closed("f", 'a', 0);
    for (int i = 0; i < 3; i++) {
        if (fork() == 0) {
            int fd = open("f", O_WRONLY | O_APPEND);
            memset(buf, 'a', 16);
            for (int j = 0; j < 300; j++)
                CHECK(write(fd, buf, 16) == 16);
            exit(0);
        }
    }
    wait_all();
    CHECK(file_len("f", 'a') == 3 * 300 * 16);
}

static void
test_create_delete(void)
{
    char name[DIRSIZ + 1];

    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            char prefix[2] = {(char)('p' + i), '\0'};
            for (int j = 0; j < 100; j++) {
                make_closed(numbered(name, prefix, j), i, j);
                if (j % 2)
                    CHECK(unlink(numbered(name, prefix, j / 2)) == 0);
            }
            exit(0);
        }
    }
    wait_all();
    CHECK(count_names(".") == 2 + 4 * 50);
}

/* Many make and remove the same names: each call may fail, but nothing may break. */
static void
test_same_names(void)
{
    char name[DIRSIZ + 1];

    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 200; j++) {
                numbered(name, "s", j % 5);
                switch ((i + j) % 4) {
                case 0:
                    close(open(name, O_CREATE | O_RDWR));
                    break;
                case 1:
                    unlink(name);
                    break;
                case 2:
                    link(name, "s0002");
                    break;
                default:
                    rename(name, "s0004");
                }
            }
            exit(0);
        }
    }
    wait_all();
    for (int i = 0; i < 5; i++)
        unlink(numbered(name, "s", i));
    CHECK(count_names(".") == 2);
}

/* Directories that move in and out of each other. */
static void
test_rename_races(void)
{
    CHECK(mkdir("a") == 0 && mkdir("b") == 0);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 200; j++) {
                if (i == 0)
                    rename("a", "b/a");
                else if (i == 1)
                    rename("b", "a/b");
                else if (i == 2)
                    rename("b/a", "a");
                else
                    rename("a/b", "b");
            }
            exit(0);
        }
    }
    wait_all();
    rename("a/b", "b");
    rename("b/a", "a");
    CHECK(exists("a") && exists("b") && unlink("a") == 0 && unlink("b") == 0);
}

static void
test_mkdir_races(void)
{
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 150; j++) {
                mkdir("d");
                close(open("d/f", O_CREATE | O_RDWR));
                unlink("d/f");
                unlink("d");
            }
            exit(0);
        }
    }
    wait_all();
    unlink("d/f");
    unlink("d");
    CHECK(count_names(".") == 2);
}

static void
test_read_write_races(void)
{
    make_closed("f", 'a', 20000);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            int fd = open("f", O_RDWR);
            for (int j = 0; j < 100; j++) {
                lseek(fd, j * 97 % 19000, SEEK_SET);
                memset(buf, 'a', 1000);
                CHECK((i % 2 ? write(fd, buf, 1000) : read(fd, buf, 1000)) == 1000);
                for (int k = 0; k < 1000; k++)
                    CHECK(buf[k] == 'a');
            }
            exit(0);
        }
    }
    wait_all();
    CHECK(file_len("f", 'a') == 20000);
}

static void
test_truncate_races(void)
{
    if (fork() == 0) {
        for (int i = 0; i < 200; i++) {
            int fd = open("f", O_CREATE | O_WRONLY | O_TRUNC);
            CHECK(fd >= 0 && write(fd, "xxx", 3) == 3);
            close(fd);
        }
        exit(0);
    }
    for (int i = 0; i < 200; i++) {
        int fd = open("f", O_CREATE | O_RDWR);
        CHECK(fd >= 0 && write(fd, "xxxxxxxxxx", 10) == 10);
        close(fd);
    }
    wait_all();
    CHECK(file_len("f", 'x') <= 10);
}

/* One that is killed in the middle of much work leaves the file system whole. */
static void
test_killed(void)
{
    for (int i = 0; i < 10; i++) {
        int pid = fork();
        if (pid == 0) {
            for (;;) {
                make_closed("k", 'k', 30000);
                rename("k", "l");
                unlink("l");
            }
        }
        pause(1);
        CHECK(kill(pid) == 0 && wait(0) == pid);
    }
    unlink("k");
    unlink("l");
    CHECK(count_names(".") == 2);
}

static void
test_fsync(void)
{
    int fd = make_file("f", 'a', 5000), pipes[2];

    CHECK(fsync(fd) == 0 && fsync(fd) == 0 && file_len("f", 'a') == 5000);
    CHECK(fsync(99) == -1 && errno == EBADF && pipe(pipes) == 0 && fsync(pipes[0]) == -1);
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            char name[DIRSIZ + 1];
            int own = make_file(numbered(name, "g", i), 'a', 0);
            for (int j = 0; j < 20; j++)
                CHECK(write(own, buf, 100) == 100 && fsync(own) == 0);
            exit(0);
        }
    }
    wait_all();
}

static volatile uint noise; /* how much there was */
static volatile int is_quiet;

static void *
make_noise(void *name)
{
    while (!is_quiet) {
        int fd = open(name, O_CREATE | O_WRONLY);
        CHECK(fd >= 0 && write(fd, buf, 5000) == 5000 && close(fd) == 0 && unlink(name) == 0);
        noise++;
    }
    return 0;
}

/* One who changes files without end does not keep others from doing so. (On a RAM disk one hart
 * never has to wait for a lock, and what counts are slices: hence the time.) */
static void
test_turns(void)
{
    static char names[2][2] = {"m", "n"};
    pthread_t threads[2];
    uint files = 0;
    uint64 start, now;

    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], 0, make_noise, names[i]) == 0);
    clock(CLOCK_MONOTONIC, &start);
    do {
        int fd = open("f", O_CREATE | O_WRONLY | O_TRUNC);
        CHECK(fd >= 0 && write(fd, buf, 5000) == 5000 && rename("f", "g") == 0 && fsync(fd) == 0);
        close(fd);
        files++;
        clock(CLOCK_MONOTONIC, &now);
    } while (files < 30 || now - start < 300000000);
    CHECK(noise >= files / 4);
    is_quiet = 1;
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], 0) == 0);
}

static void
test_exit_closes(void)
{
    for (int i = 0; i < 40; i++) { /* NFILE would be used up */
        if (fork() == 0) {
            for (int j = 0; j < 10; j++)
                make_file("f", 'a', 10);
            CHECK(unlink("f") == 0);
            exit(0);
        }
        wait_all();
    }
}

static const struct test tests[] = {
    TEST(shared_offset), TEST(two_append),  TEST(create_delete),    TEST(same_names),
    TEST(rename_races),  TEST(mkdir_races), TEST(read_write_races), TEST(truncate_races),
    TEST(killed),        TEST(fsync),       TEST(exit_closes),      TEST(turns),
};

int
main(int argc, char **argv)
{
    return run_tests(tests, TESTS, argc, argv);
}

/* Mapped files. */
#include <pthread.h>

#include "usertests.h"

#define PATH  "/mapped"
#define PAGES 5
#define LEN   (PAGES * PGSIZE - 100) /* the last page is not whole */

static char page[PGSIZE];

static uchar
pattern(long i)
{
    return (uchar)(i / PGSIZE * 7 + i % 251 + 1);
}

/* A file with a pattern, opened. */
static int
make_file(int flags)
{
    int fd = open(PATH, O_CREATE | O_RDWR | O_TRUNC);

    check(fd >= 0);
    for (long done = 0; done < LEN; done += PGSIZE) {
        int n = LEN - done < PGSIZE ? (int)(LEN - done) : PGSIZE;
        for (int i = 0; i < n; i++)
            page[i] = (char)pattern(done + i);
        check(write(fd, page, n) == n);
    }
    close(fd);
    fd = open(PATH, flags);
    check(fd >= 0);
    return fd;
}

static char *
map(int fd, int prot, int flags, uint64 len, long offset)
{
    char *p = mmap(0, len, prot, flags, fd, offset);

    check(p != MAP_FAILED && (uint64)p % PGSIZE == 0);
    return p;
}

#define RW (PROT_READ | PROT_WRITE)

/* What read() finds at a place. */
static uchar
byte_at(long offset)
{
    int fd = open(PATH, O_RDONLY);
    uchar byte = 0;

    check(fd >= 0 && lseek(fd, offset, SEEK_SET) == offset && read(fd, &byte, 1) == 1);
    close(fd);
    return byte;
}

static char *volatile place;

static void
use_place(void)
{
    *place = 1;
}

static void
read_place(void)
{
    exit(*place == 77);
}

static void
map_file_read(void)
{
    uint64 before = free_pages();
    int fd = make_file(O_RDONLY);
    char *p, *q;

    before = free_pages();
    p = map(fd, PROT_READ, MAP_PRIVATE, LEN, 0);
    q = map(fd, PROT_READ, MAP_SHARED, LEN - PGSIZE, PGSIZE);
    close(fd); /* it does not take the mapping with it */
    for (long i = 0; i < LEN; i++)
        check((uchar)p[i] == pattern(i) && (i < PGSIZE || (uchar)q[i - PGSIZE] == pattern(i)));
    for (long i = LEN; i < PAGES * PGSIZE; i++)
        check(p[i] == 0 && q[i - PGSIZE] == 0);
    place = p;
    check(status_of(use_place) == KILLED);
    place = q;
    check(status_of(use_place) == KILLED);
    check(munmap(p, LEN) == 0 && munmap(q, LEN - PGSIZE) == 0);
    check(free_pages() == before && unlink(PATH) == 0);
}

static void
map_file_private(void)
{
    int fd = make_file(O_RDONLY), status;
    char *p = map(fd, RW, MAP_PRIVATE, LEN, 0), *q = map(fd, RW, MAP_PRIVATE, LEN, 0);

    p[0] = p[PGSIZE] = 'p';
    check((uchar)q[0] == pattern(0) && byte_at(0) == pattern(0) &&
          byte_at(PGSIZE) == pattern(PGSIZE));
    if (fork() == 0) {
        check(p[0] == 'p');
        p[0] = p[2 * PGSIZE] = 'c';
        exit(0);
    }
    check(wait(&status) > 0 && status == 0);
    check(p[0] == 'p' && (uchar)p[2 * PGSIZE] == pattern(2 * PGSIZE));
    check(munmap(p, LEN) == 0 && byte_at(0) == pattern(0));
    close(fd);
    check(unlink(PATH) == 0);
}

static void
map_file_shared(void)
{
    int fd = make_file(O_RDWR), status;
    char *p = map(fd, RW, MAP_SHARED, LEN, 0), *q = map(fd, RW, MAP_SHARED, 2 * PGSIZE, PGSIZE);
    struct stat st;

    p[PGSIZE + 5] = 'a';
    check(q[5] == 'a' && byte_at(PGSIZE + 5) == 'a');
    check(lseek(fd, PGSIZE + 6, SEEK_SET) > 0 && write(fd, "b", 1) == 1);
    check(p[PGSIZE + 6] == 'b' && q[6] == 'b');
    if (fork() == 0) {
        q[PGSIZE] = 'c';
        check(p[PGSIZE + 5] == 'a');
        exit(0);
    }
    check(wait(&status) > 0 && status == 0 && p[2 * PGSIZE] == 'c' && q[PGSIZE] == 'c');
    p[LEN] = 'x'; /* beyond the end: not the file's */
    p[LEN - 1] = 'z';
    check(munmap(p, LEN) == 0 && munmap(q, 2 * PGSIZE) == 0);
    check(fstat(fd, &st) == 0 && st.size == LEN);
    check(byte_at(PGSIZE + 5) == 'a' && byte_at(PGSIZE + 6) == 'b' && byte_at(2 * PGSIZE) == 'c');
    check(byte_at(LEN - 1) == 'z' && byte_at(0) == pattern(0));
    check(ftruncate(fd, LEN + 1) == 0 && byte_at(LEN) == 0);
    close(fd);
    check(unlink(PATH) == 0);
}

/* Processes that have nothing else in common; and what one stored is there when it has ended. */
static void
store_and_exit(void)
{
    char *p = map(open(PATH, O_RDWR), RW, MAP_SHARED, LEN, 0);

    check(p[0] == 'A');
    p[1] = 'B';
}

static void
store_and_die(void)
{
    char *p = map(open(PATH, O_RDWR), RW, MAP_SHARED, LEN, 0);

    p[PGSIZE] = 'C';
    *(volatile char *)-1L = 1;
}

static void
map_file_by_others(void)
{
    int fd = make_file(O_RDWR);
    char *p = map(fd, RW, MAP_SHARED, LEN, 0);

    p[0] = 'A';
    check(status_of(store_and_exit) == 0 && p[1] == 'B');
    check(status_of(store_and_die) == KILLED && p[PGSIZE] == 'C');
    check(munmap(p, LEN) == 0);
    check(byte_at(0) == 'A' && byte_at(1) == 'B' && byte_at(PGSIZE) == 'C');
    check(status_of(store_and_die) == KILLED && byte_at(PGSIZE) == 'C');
    close(fd);
    check(unlink(PATH) == 0);
}

static void
map_beyond_end(void)
{
    int fd = make_file(O_RDWR);
    char *p = map(fd, RW, MAP_SHARED, 10 * PGSIZE, 0), *q;
    char *r = map(fd, RW, MAP_PRIVATE, PGSIZE, 100 * PGSIZE);

    check(p[LEN] == 0);
    place = p + PAGES * PGSIZE;
    check(status_of(use_place) == KILLED && status_of(read_place) == KILLED);
    check(write(1, place, 1) == -1 && errno == EFAULT);
    place = r;
    check(status_of(use_place) == KILLED && read(fd, r, 1) == -1);
    q = map(fd, RW, MAP_PRIVATE, 10 * PGSIZE, 0);
    place = q + PAGES * PGSIZE;
    check(status_of(read_place) == KILLED);
    check(ftruncate(fd, 7 * PGSIZE) == 0); /* it grows: now there is something */
    check(p[6 * PGSIZE] == 0 && q[6 * PGSIZE] == 0);
    p[6 * PGSIZE] = 77;
    place = p + 7 * PGSIZE;
    check(status_of(use_place) == KILLED);
    check(byte_at(6 * PGSIZE) == 77);
    close(fd);
    check(unlink(PATH) == 0);
}

static void
map_truncated(void)
{
    int fd = make_file(O_RDWR);
    char *p = map(fd, RW, MAP_SHARED, LEN, 0);
    struct stat st;

    p[0] = p[PGSIZE] = p[3 * PGSIZE] = 'x';
    check(ftruncate(fd, 10) == 0);
    place = p + 2 * PGSIZE; /* it has not been used yet */
    check(status_of(use_place) == KILLED);
    check(p[0] == 'x' && p[10] == 0 && p[3 * PGSIZE] == 0);
    p[3 * PGSIZE] = 'y'; /* into nothing */
    check(ftruncate(fd, 5 * PGSIZE) == 0 && byte_at(3 * PGSIZE) == 0 && p[3 * PGSIZE] == 0);
    p[3 * PGSIZE] = 'z';
    check(munmap(p, LEN) == 0 && byte_at(3 * PGSIZE) == 'z' && byte_at(PGSIZE) == 0);
    p = map(fd, RW, MAP_SHARED, LEN, 0);
    *p = 'q';
    check(close(open(PATH, O_RDWR | O_TRUNC)) == 0 && *p == 0);
    check(munmap(p, LEN) == 0 && fstat(fd, &st) == 0 && st.size == 0);
    close(fd);
    check(unlink(PATH) == 0);
}

static void
map_unlinked(void)
{
    int fd = make_file(O_RDWR);
    char *p = map(fd, RW, MAP_SHARED, LEN, 0);

    check(unlink(PATH) == 0 && close(fd) == 0 && open(PATH, O_RDONLY) == -1);
    for (long i = 0; i < LEN; i++)
        check((uchar)p[i] == pattern(i));
    p[0] = 'x';
    check(msync(p, LEN, MS_SYNC) == 0 && p[0] == 'x');
    p[1] = 'y'; /* the end of this process frees the file */
}

static void
unmap_parts(void)
{
    int fd = make_file(O_RDWR);
    char *p = map(fd, RW, MAP_SHARED, LEN, 0), *q = map(fd, RW, MAP_PRIVATE, LEN, 0);

    for (int i = 0; i < PAGES; i++)
        p[i * PGSIZE] = (char)('a' + i);
    check(munmap(p + 2 * PGSIZE, PGSIZE) == 0 && byte_at(2 * PGSIZE) == 'c');
    place = p + 2 * PGSIZE;
    check(status_of(use_place) == KILLED);
    for (int i = 0; i < PAGES; i++)
        check(i == 2 || p[i * PGSIZE] == 'a' + i);
    check((uchar)p[4 * PGSIZE + 1] == pattern(4 * PGSIZE + 1));
    p[4 * PGSIZE] = 'E';
    check(munmap(p, PGSIZE) == 0 && munmap(p + 4 * PGSIZE, PGSIZE) == 0);
    check(byte_at(4 * PGSIZE) == 'E' && p[3 * PGSIZE] == 'd');
    check((uchar)q[PGSIZE + 1] == pattern(PGSIZE + 1) && munmap(q + PGSIZE, 2 * PGSIZE) == 0);
    check((uchar)q[1] == pattern(1) && (uchar)q[3 * PGSIZE + 1] == pattern(3 * PGSIZE + 1));
    check(munmap(p < q ? p : q, 2 * PAGES * PGSIZE) == 0); /* all that is left, of both */
    check(byte_at(3 * PGSIZE) == 'd' && byte_at(PGSIZE) == 'b');
    close(fd);
    check(unlink(PATH) == 0);
}

static void
map_file_bad_arguments(void)
{
    int fd = make_file(O_RDWR), ro = open(PATH, O_RDONLY), wo = open(PATH, O_WRONLY), ends[2];

    check(pipe(ends) == 0);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, 15, 0) == MAP_FAILED && errno == EBADF);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, -1, 0) == MAP_FAILED && errno == EBADF);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, ends[0], 0) == MAP_FAILED && errno == ENODEV);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, 0, 0) == MAP_FAILED && errno == ENODEV);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, open("/", O_RDONLY), 0) == MAP_FAILED);
    check(mmap(0, 1, RW, MAP_SHARED, ro, 0) == MAP_FAILED && errno == EACCES);
    check(mmap(0, 1, PROT_READ, MAP_SHARED, wo, 0) == MAP_FAILED && errno == EACCES);
    check(mmap(0, 1, PROT_READ, MAP_PRIVATE, wo, 0) == MAP_FAILED && errno == EACCES);
    check(mmap(0, 1, PROT_READ, MAP_PRIVATE, fd, 1) == MAP_FAILED && errno == EINVAL);
    check(mmap(0, 1, PROT_READ, MAP_PRIVATE, fd, -PGSIZE) == MAP_FAILED && errno == EINVAL);
    check(mmap(0, 0, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EINVAL);
    check(mmap(0, 1, PROT_READ, MAP_PRIVATE | MAP_STACK, fd, 0) == MAP_FAILED && errno == EINVAL);
    check(mmap(0, 1, PROT_READ, MAP_PRIVATE | MAP_SHARED, fd, 0) == MAP_FAILED);
    check(mmap(0, MAXVA, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
    place = map(fd, RW, MAP_PRIVATE, 1, 0);
    check(msync(place, 1, MS_SYNC) == 0 && msync(place - PGSIZE, 2 * PGSIZE, MS_SYNC) == -1);
    check(errno == ENOMEM && msync(place + 1, 1, MS_SYNC) == -1 && errno == EINVAL);
    check(msync(place, 1, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL);
    place = map(ro, PROT_NONE, MAP_SHARED, 1, 0);
    check(status_of(read_place) == KILLED);
    check(unlink(PATH) == 0);
}

/* System calls on mapped pages that have not come yet, from each side. */
static void
map_and_call(void)
{
    int fd = make_file(O_RDWR), ends[2];
    char *p = map(fd, RW, MAP_SHARED, LEN, 0), *q = map(fd, RW, MAP_PRIVATE, LEN, 0), byte;
    struct stat *st;

    check(pipe(ends) == 0);
    check(write(ends[1], p + PGSIZE - 50, 100) == 100 &&
          read(ends[0], q + 2 * PGSIZE - 50, 100) == 100);
    for (int i = 0; i < 100; i++)
        check((uchar)q[2 * PGSIZE - 50 + i] == pattern(PGSIZE - 50 + i));
    st = (struct stat *)(void *)(p + 3 * PGSIZE - 8);
    check(fstat(fd, st) == 0 && st->size == LEN);
    check(lseek(fd, 0, SEEK_SET) == 0 && read(fd, q + 3 * PGSIZE, PGSIZE) == PGSIZE);
    check((uchar)q[3 * PGSIZE] == pattern(0) && (uchar)q[4 * PGSIZE - 1] == pattern(PGSIZE - 1));
    check(lseek(fd, 0, SEEK_SET) == 0 && read(fd, p, 2 * PGSIZE) == 2 * PGSIZE); /* onto itself */
    check((uchar)p[PGSIZE] == pattern(PGSIZE));
    check(munmap(p, LEN) == 0);
    p = map(fd, RW, MAP_SHARED, LEN, 0);
    check(lseek(fd, 2 * PGSIZE, SEEK_SET) > 0 && write(fd, p + 10, PGSIZE) == PGSIZE);
    check((uchar)p[2 * PGSIZE] == pattern(10) && byte_at(3 * PGSIZE - 1) == pattern(PGSIZE + 9));
    check(munmap(p, LEN) == 0 && munmap(q, LEN) == 0);

    p = map(fd, PROT_READ, MAP_SHARED, LEN, 0);
    check(write(ends[1], "x", 1) == 1 && read(ends[0], p, 1) == -1 && errno == EFAULT);
    check(read(ends[0], &byte, 1) == 1 && byte == 'x' && fstat(fd, (struct stat *)(void *)p) == -1);
    check(ftruncate(fd, PGSIZE) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
          write(fd, "/README", 8) == 8);
    check(open(p, O_RDONLY) > 0);
    check(unlink(PATH) == 0);
}

/* A part of a file that is not there, and one that grows by write. */
static void
map_holes(void)
{
    int fd = open(PATH, O_CREATE | O_RDWR | O_TRUNC);
    char *p = map(fd, RW, MAP_SHARED, 4 * PGSIZE, 0);

    check(ftruncate(fd, 3 * PGSIZE) == 0 && p[0] == 0 && p[2 * PGSIZE] == 0);
    p[2 * PGSIZE] = 'h';
    check(msync(p, 3 * PGSIZE, MS_SYNC) == 0);
    check(lseek(fd, 3 * PGSIZE, SEEK_SET) > 0 && write(fd, "grown", 5) == 5);
    check(memcmp(p + 3 * PGSIZE, "grown", 5) == 0 && write(fd, "more", 4) == 4);
    check(memcmp(p + 3 * PGSIZE, "grownmore", 9) == 0);
    check(munmap(p, 4 * PGSIZE) == 0 && byte_at(2 * PGSIZE) == 'h' && byte_at(PGSIZE) == 0);
    close(fd);
    check(unlink(PATH) == 0);
}

/* exec lets go of mappings, and what was stored is in the file. */
static void
exec_with_mapping(void)
{
    char name[] = "true", *argv[] = {name, 0};
    char *p = map(open(PATH, O_RDWR), RW, MAP_SHARED, LEN, 0);

    *p = 'e';
    exec("/true", argv);
}

static void
map_and_exec(void)
{
    int fd = make_file(O_RDWR);

    check(status_of(exec_with_mapping) == 0 && byte_at(0) == 'e');
    close(fd);
    check(unlink(PATH) == 0);
}

/* More mappings of files than there is room for: nothing is lost. */
static void
map_file_many(void)
{
    int fd = make_file(O_RDWR), n = 0;
    uint64 before = free_pages();
    char *p[100];

    while (n < 100 && (p[n] = mmap(0, 3 * PGSIZE, RW, MAP_SHARED, fd, 0)) != MAP_FAILED)
        p[n++][0] = 'm';
    check(n >= 16 && n < 100 && errno == ENOMEM);
    check(munmap(p[0] + PGSIZE, PGSIZE) == -1 && errno == ENOMEM); /* it would be two */
    while (n)
        check(munmap(p[--n], 3 * PGSIZE) == 0);
    check(free_pages() == before);
    close(fd);
    check(unlink(PATH) == 0);
}

/* Threads map, use and unmap the same file at once, with its pages coming and going. */
static void *
use_mapping(void *argument)
{
    long self = (long)argument;
    int fd = open(PATH, O_RDWR);

    for (int i = 0; i < 50; i++) {
        char *p = map(fd, RW, MAP_SHARED, LEN, 0), *q = map(fd, RW, MAP_PRIVATE, PGSIZE, PGSIZE);
        for (int j = 0; j < PAGES; j++)
            p[j * PGSIZE + self] = (char)i;
        check((uchar)q[100] == pattern(PGSIZE + 100));
        check(msync(p, LEN, MS_ASYNC) == 0 && p[self] == (char)i);
        check(munmap(q, PGSIZE) == 0 && munmap(p, LEN) == 0);
        check(byte_at(4 * PGSIZE + self) == (uchar)i);
    }
    close(fd);
    return 0;
}

static void
map_by_threads(void)
{
    pthread_t threads[4];

    close(make_file(O_RDWR));
    for (long i = 0; i < 4; i++)
        check(pthread_create(&threads[i], 0, use_mapping, (void *)i) == 0);
    for (int i = 0; i < 4; i++)
        check(pthread_join(threads[i], 0) == 0);
    check(unlink(PATH) == 0);
}

/* A thread is at a page that is being brought from the file, while another unmaps it. */
static volatile int is_over;

static void *
write_from_mapping(void *argument)
{
    int fd = open("/mapped.copy", O_CREATE | O_RDWR | O_TRUNC);

    while (!is_over) {
        if (lseek(fd, 0, SEEK_SET) == 0 && write(fd, place, PGSIZE) != PGSIZE)
            check(errno == EFAULT);
    }
    close(fd);
    return argument;
}

static void
unmap_while_used(void)
{
    int fd = make_file(O_RDWR);
    pthread_t thread;

    place = map(fd, RW, MAP_SHARED, LEN, 0);
    check(pthread_create(&thread, 0, write_from_mapping, 0) == 0);
    for (int i = 0; i < 100; i++) {
        check(munmap(place, LEN) == 0);
        yield();
        place = map(fd, RW, i % 2 ? MAP_SHARED : MAP_PRIVATE, LEN, 0);
        yield();
    }
    is_over = 1;
    check(pthread_join(thread, 0) == 0);
    close(fd);
    check(unlink(PATH) == 0 && unlink("/mapped.copy") == 0);
}

/* A file larger than what is used of it costs only that. */
static void
map_sparse(void)
{
    int fd = open(PATH, O_CREATE | O_RDWR | O_TRUNC);
    const uint64 len = 1UL << 30;
    uint64 before = free_pages();
    char *p;

    check(ftruncate(fd, (long)len) == 0);
    p = map(fd, RW, MAP_SHARED, len, 0);
    p[0] = p[len / 2] = p[len - 1] = 's';
    check(before - free_pages() < 20);
    check(munmap(p, len) == 0 && byte_at((long)len / 2) == 's' && byte_at((long)len - 1) == 's');
    check(free_pages() == before);
    close(fd);
    check(unlink(PATH) == 0);
}

const struct test mapping_file_tests[] = {
    {map_file_read, "map_file_read", QUICK},
    {map_file_private, "map_file_private", QUICK},
    {map_file_shared, "map_file_shared", QUICK},
    {map_file_by_others, "map_file_by_others", QUICK},
    {map_beyond_end, "map_beyond_end", QUICK},
    {map_truncated, "map_truncated", QUICK},
    {map_unlinked, "map_unlinked", QUICK},
    {unmap_parts, "unmap_parts", QUICK},
    {map_file_bad_arguments, "map_file_bad_arguments", QUICK},
    {map_and_call, "map_and_call", QUICK},
    {map_holes, "map_holes", QUICK},
    {map_and_exec, "map_and_exec", QUICK},
    {map_file_many, "map_file_many", QUICK},
    {map_by_threads, "map_by_threads", QUICK},
    {unmap_while_used, "unmap_while_used", QUICK},
    {map_sparse, "map_sparse", QUICK},
    {0},
};

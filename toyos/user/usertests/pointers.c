/* Bad pointers in system calls: an error, and never a panic. */
#include "usertests.h"

/* The calls that take `p`, each to fail with EFAULT. */
static void
expect_fault(void *p, int file, int writable)
{
    errno = 0;
    check(write(writable, p, 16) == -1 && errno == EFAULT);
    check(read(file, p, 16) == -1 && errno == EFAULT);
    check(open(p, O_RDONLY) == -1 && errno == EFAULT);
    check(exec(p, 0) == -1 && errno == EFAULT);
    check(exec("/echo", p) == -1 && errno == EFAULT);
    check(exec("/echo", (char *[]){p, 0}) == -1 && errno == EFAULT);
    check(pipe(p) == -1 && errno == EFAULT);
    check(fstat(file, p) == -1 && errno == EFAULT);
    check(clock(CLOCK_MONOTONIC, p) == -1 && errno == EFAULT);
    check(sysinfo(p) == -1 && errno == EFAULT);
}

static void
bad_pointers(void)
{
    int fd[2];

    check(pipe(fd) == 0);
    for (uint i = 0; i < bad_address_count; i++) {
        int file = open("/sh", O_RDONLY);
        check(file >= 0);
        expect_fault((void *)bad_addresses[i], file, fd[1]);
        check(write(1, (void *)bad_addresses[i], 16) == -1); /* the console */
        close(file);
    }
}

static void
bad_wait_pointer(void)
{
    for (uint i = 0; i < bad_address_count; i++) {
        int pid = fork(), status;
        if (pid == 0)
            exit(7);
        check(wait((int *)bad_addresses[i]) == -1 && errno == EFAULT);
        check(wait(&status) == pid && status == 7); /* not lost by that */
    }
}

static void
end_of_heap(void)
{
    char *end = sbrk(PGSIZE - (int)((uint64)sbrk(0) % PGSIZE)) + PGSIZE;
    int fd[2];

    end = sbrk(0);
    check((uint64)end % PGSIZE == 0);
    check(pipe(fd) == 0 && write(fd[1], "0123456789abcdef", 16) == 16);
    check(write(fd[1], end - 8, 16) <= 8);
    check(read(fd[0], end - 1, 2) <= 2);
    check(sysinfo((void *)(end - 8)) == -1 && errno == EFAULT);
    check(pipe((int *)(void *)(end - 4)) == -1 && errno == EFAULT);
    check(open(end - 1, O_RDONLY) == -1); /* its byte is 0 or the next page is missing */
}

static void
read_into_text(void)
{
    int file = open("/sh", O_RDONLY);

    check(file >= 0);
    check(read(file, 0, 16) == -1 && errno == EFAULT);
    check(read(file, (void *)(PGSIZE - 16UL), 16) == -1 && errno == EFAULT);
}

static void
bad_lengths(void)
{
    char byte;
    int file = open("/sh", O_RDONLY), fd[2];

    check(file >= 0 && pipe(fd) == 0);
    check(read(file, &byte, -1) == -1);
    check(read(file, sbrk(0) - 1, -1) == -1);
    check(write(fd[1], &byte, -1) == -1);
    check(write(fd[1], &byte, (int)0x80000000) == -1);
    check(read(file, &byte, 0) == 0);
}

static void
bad_descriptors(void)
{
    static const int bad[] = {-1, -2, NOFILE, 100, 1 << 20, (int)0x80000000, 9};
    struct stat st;
    char byte;

    for (uint i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        check(read(bad[i], &byte, 1) == -1 && errno == EBADF);
        check(write(bad[i], &byte, 1) == -1 && errno == EBADF);
        check(fstat(bad[i], &st) == -1 && errno == EBADF);
        check(close(bad[i]) == -1 && errno == EBADF);
        check(dup(bad[i]) == -1 && errno == EBADF);
    }
}

static void
unknown_call(void)
{
    static const long numbers[] = {0, 63, 1000, 1 << 30, -1};

    for (uint i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        register long a0 __asm__("a0") = 0;
        register long a7 __asm__("a7") = numbers[i];
        __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
        check(a0 == -ENOSYS);
    }
}

/* A string that goes up to the end of the memory, without an end. */
static void
string_without_end(void)
{
    char *page = mmap(0, PGSIZE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check(page != MAP_FAILED);
    memset(page, 'x', PGSIZE);
    check(open(page + PGSIZE - 5, O_RDONLY) == -1 && errno == EFAULT);
    check(open(page, O_RDONLY) == -1 && errno == ENAMETOOLONG);
}

const struct test pointer_tests[] = {
    {bad_pointers, "bad_pointers", 0},
    {bad_wait_pointer, "bad_wait_pointer", 0},
    {end_of_heap, "end_of_heap", 0},
    {read_into_text, "read_into_text", 0},
    {bad_lengths, "bad_lengths", 0},
    {bad_descriptors, "bad_descriptors", 0},
    {unknown_call, "unknown_call", 0},
    {string_without_end, "string_without_end", 0},
    {0},
};

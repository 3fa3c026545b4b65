/* The heap, lazy and not, copy-on-write, and memory that a program may not touch. */
#include "kernel/syscall.h"
#include "usertests.h"

#define MEGABYTE (1 << 20)
#define GIGABYTE (1 << 30)

static void
sbrk_bytes(void)
{
    char *end = sbrk(0);

    for (int i = 0; i < 5000; i++) {
        check(sbrk(1) == end);
        *end++ = (char)i;
    }
    check(sbrk(-5000) == end && sbrk(0) == end - 5000);
}

static void
sbrk_pages_come_back_empty(void)
{
    char *page = sbrk(0);

    page = sbrk(PGSIZE - (int)((uint64)page % PGSIZE));
    page = sbrk(PGSIZE);
    page[10] = 99;
    check(sbrk(-PGSIZE) == page + PGSIZE);
    check(sbrk(PGSIZE) == page && page[10] == 0);
}

/* As in xv6: below 0 nothing happens. */
static void
sbrk_below_zero(void)
{
    char *end = sbrk(0);

    check(sbrk(-(int)(uint64)end - 1) == end && sbrk(0) == end);
    check(sys_sbrk(0, 3) == SBRK_ERROR && errno == EINVAL);
}

static void
give_all_back(void)
{
    sbrk(-(int)(uint64)sbrk(0));
}

static void
give_most_back(void)
{
    sbrk(-((int)(uint64)sbrk(0) - 3500));
}

static void
sbrk_own_program(void)
{
    check(status_of(give_all_back) == KILLED);
    check(status_of(give_most_back) == KILLED);
}

static void
sbrk_last_byte(void)
{
    char *end = sbrk(0);

    if ((uint64)end % PGSIZE)
        sbrk(PGSIZE - (int)((uint64)end % PGSIZE));
    sbrk(PGSIZE);
    sbrk(10);
    sbrk(-20);
    end = sbrk(0);
    end[-64] = 'x';
    end[-63] = 0;
    check(open(end - 64, O_RDONLY) == -1 && errno == ENOENT);
    check(sbrk((int)0x80000004) != 0); /* far below 0 */
    end = sbrk(0);
    end[-1] = 1;
}

/* All memory that there is, and all of it back. */
static void
sbrk_all(void)
{
    uint64 before = free_pages(), left;
    char *start = sbrk(0), *p;
    int n = 0;

    while ((p = sbrk(MEGABYTE)) != SBRK_ERROR) {
        *p = 1;
        n++;
    }
    check(n > 0 && errno == ENOMEM);
    while ((p = sbrk(PGSIZE)) != SBRK_ERROR)
        *p = 1;
    left = free_pages();
    check(left < 4); /* a table may be missing for the last */
    check(sbrk(-(int)(sbrk(0) - start)) != SBRK_ERROR);
    check(free_pages() == before);
}

static void
sbrk_100_mb(void)
{
    uint64 before;
    char *start;
    struct sysinfo info;

    sysinfo(&info);
    if (info.free_pages < 101 * MEGABYTE / PGSIZE)
        return; /* a smaller machine */
    before = info.free_pages;
    start = sbrk(100 * MEGABYTE);
    check(start != SBRK_ERROR && before - free_pages() >= 100 * MEGABYTE / PGSIZE);
    for (int i = 0; i < 100 * MEGABYTE; i += PGSIZE)
        start[i] = (char)(i / PGSIZE);
    for (int i = 0; i < 100 * MEGABYTE; i += PGSIZE)
        check(start[i] == (char)(i / PGSIZE));
    check(sbrk(-100 * MEGABYTE) == start + 100 * MEGABYTE && free_pages() == before);
}

static void
ask_too_much(void)
{
    check(sbrk(GIGABYTE) == SBRK_ERROR && errno == ENOMEM);
}

/* Many processes want much: some fail, and what they give back is there again. */
static void
sbrk_in_many(void)
{
    struct sysinfo info;
    int pids[10], fd[2], size, good = 0;
    char byte;

    check(pipe(fd) == 0 && sysinfo(&info) == 0);
    size = (int)(info.free_pages / 4 * PGSIZE);
    for (int i = 0; i < 10; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            write(fd[1], sbrk(size) == SBRK_ERROR ? "0" : "1", 1);
            for (;;)
                pause(1000);
        }
        check(pids[i] > 0 && read(fd[0], &byte, 1) == 1);
        good += byte == '1';
    }
    check(good >= 2 && good < 10);
    check(sbrk(PGSIZE) != SBRK_ERROR);
    check(status_of(ask_too_much) == 0);
    for (int i = 0; i < 10; i++)
        check(kill(pids[i]) == 0 && wait(0) > 0);
}

static void
lazy_sparse(void)
{
    char *start = sbrklazy(GIGABYTE);

    check(start != SBRK_ERROR && sbrk(0) == start + GIGABYTE);
    for (long i = 0; i < GIGABYTE; i += 16 * MEGABYTE)
        *(volatile long *)(void *)(start + i) = i;
    for (long i = 0; i < GIGABYTE; i += 16 * MEGABYTE)
        check(*(volatile long *)(void *)(start + i) == i);
    check(start[MEGABYTE] == 0);
}

static char *lazy_start;

static void
touch_unmapped(void)
{
    sbrklazy(-GIGABYTE);
    *(volatile char *)(lazy_start + 64 * MEGABYTE) = 1;
}

static void
lazy_unmap(void)
{
    lazy_start = sbrklazy(GIGABYTE);
    check(lazy_start != SBRK_ERROR);
    for (long i = 0; i < GIGABYTE; i += 64 * MEGABYTE)
        lazy_start[i] = 1;
    for (int i = 0; i < 8; i++)
        check(status_of(touch_unmapped) == KILLED);
}

/* The kernel's own accesses to pages that are not there yet. */
static void
lazy_in_kernel(void)
{
    char *p = sbrklazy(8 * PGSIZE);
    int fd[2], file;

    p = (char *)PGROUNDUP((uint64)p);
    check(open(p + 2 * PGSIZE, O_RDONLY) == -1 && errno != EFAULT); /* an empty name */
    check(pipe((int *)(void *)(p + 3 * PGSIZE)) == 0);
    check(pipe(fd) == 0 && write(fd[1], p + 4 * PGSIZE - 10, 20) == 20);
    file = open("/sh", O_RDONLY);
    check(read(file, p + 5 * PGSIZE - 100, 200) == 200);
    check(memcmp(p + 5 * PGSIZE - 100, "\177ELF", 4) == 0);
    check(p[6 * PGSIZE] == 0);
}

static void
lazy_to_trapframe(void)
{
    char *p = sbrk(0), *last;

    while ((uint64)p < MAXVA - GIGABYTE) {
        check(sbrklazy(GIGABYTE) == p);
        p = sbrk(0);
    }
    check(sbrklazy((int)(TRAPFRAME - PGSIZE - (uint64)p)) == p);
    last = sbrk(PGSIZE);
    check(last == (char *)(TRAPFRAME - PGSIZE));
    last[0] = 1;
    check(last[1] == 0 && last[PGSIZE - 1] == 0);
    check(sbrk(1) == SBRK_ERROR && sbrklazy(1) == SBRK_ERROR && errno == ENOMEM);
    if (fork() == 0) /* has to be as quick with such a heap */
        exit(last[0] - 1);
    check(wait(0) > 0);
}

static void
lazy_is_shared_by_fork(void)
{
    char *p = sbrklazy(4 * PGSIZE);
    int status;

    p = (char *)PGROUNDUP((uint64)p);
    p[0] = 1;
    if (fork() == 0)
        exit(p[0] != 1 || p[PGSIZE] != 0);
    p[PGSIZE] = 2;
    check(wait(&status) > 0 && status == 0);
}

/* Uses more than there is, page by page. */
static void
use_too_much(void)
{
    struct sysinfo info;
    uint64 size;
    char *p;

    sysinfo(&info);
    size = info.pages * PGSIZE + MEGABYTE;
    p = sbrklazy((int)size);
    check(p != SBRK_ERROR);
    for (uint64 i = 0; i < size; i += PGSIZE)
        p[i] = 1;
}

static void
lazy_out_of_memory(void)
{
    check(status_of(use_too_much) == KILLED);
}

static char cow_page[2 * PGSIZE];

static void
cow_keeps_apart(void)
{
    int status, fd[2];
    char byte;

    memset(cow_page, 1, sizeof(cow_page));
    check(pipe(fd) == 0);
    if (fork() == 0) {
        check(read(fd[0], &byte, 1) == 1); /* the parent has written */
        check(cow_page[0] == 1 && cow_page[PGSIZE] == 1);
        cow_page[0] = 3;
        exit(0);
    }
    cow_page[0] = cow_page[PGSIZE] = 2;
    write(fd[1], "x", 1);
    check(wait(&status) > 0 && status == 0);
    check(cow_page[0] == 2);
}

/* The kernel writes to a page that is shared. */
static void
cow_in_kernel(void)
{
    int status, fd[2];

    memset(cow_page, 1, sizeof(cow_page));
    check(pipe(fd) == 0 && write(fd[1], "abcd", 4) == 4);
    if (fork() == 0) {
        check(read(fd[0], cow_page + PGSIZE - 2, 4) == 4);
        exit(cow_page[PGSIZE] != 'c');
    }
    check(wait(&status) > 0 && status == 0);
    check(cow_page[PGSIZE - 2] == 1 && cow_page[PGSIZE] == 1);
}

static void
cow_takes_no_memory(void)
{
    char *p = sbrk(4 * MEGABYTE);
    uint64 before;
    int fd[2], pid;
    char byte;

    check(p != SBRK_ERROR && pipe(fd) == 0);
    memset(p, 1, 4 * MEGABYTE);
    before = free_pages();
    pid = fork();
    if (pid == 0) {
        uint64 shared = free_pages();
        check(before - shared < 32);
        for (int i = 0; i < 100; i++)
            p[i * PGSIZE] = 2;
        check(shared - free_pages() >= 100 && shared - free_pages() < 110);
        write(fd[1], "x", 1);
        for (;;)
            pause(100);
    }
    check(read(fd[0], &byte, 1) == 1);
    kill(pid);
    wait(0);
    for (int i = 0; i < 100; i++)
        check(p[i * PGSIZE] == 1);
    check(free_pages() == before);
}

/* A chain of children that all share a page and change it. */
static void
cow_chain(void)
{
    int status;

    cow_page[0] = 0;
    for (int depth = 0; depth < 20; depth++) {
        int pid = fork();
        check(pid >= 0);
        if (pid > 0) {
            check(cow_page[0] == depth);
            check(wait(&status) == pid && status == 0);
            check(cow_page[0] == depth);
            exit(0);
        }
        cow_page[0]++;
    }
}

/* A fork with the stack pointer in the program's text. The kernel splits the page there between the
 * two processes, with fences that hide a missing one elsewhere; but not a page of the text. */
static int
fork_without_stack(void)
{
    register long number __asm__("a7") = SYS_fork;
    register long result __asm__("a0");

    __asm__ volatile("mv s1, sp\n\tmv sp, zero\n\tecall\n\tmv sp, s1"
                     : "=r"(result)
                     : "r"(number)
                     : "s1", "memory");
    return (int)result;
}

/* The parent writes to its pages just before a fork and right after it, where a hart that had no
 * fence would still have leave to. From the second round on no page is one that nobody had: the
 * hypervisor would have to give it, and harts of QEMU's forget all translations with that. */
static void
cow_fences_parent(void)
{
    const int pages = 16;
    volatile char *at = sbrk(pages * PGSIZE);
    int status;

    check(at != SBRK_ERROR);
    for (char round = 1; round < 8; round++) {
        for (int i = 0; i < pages; i++)
            at[i * PGSIZE] = round;
        int pid = fork_without_stack();
        for (int i = 0; pid > 0 && i < pages; i++)
            at[i * PGSIZE] = 0;
        check(pid >= 0);
        if (pid == 0) {
            for (int i = 0; i < pages; i++)
                check(at[i * PGSIZE] == round);
            exit(0);
        }
        check(wait(&status) == pid && status == 0);
    }
}

static uint64 address;

static void
write_there(void)
{
    *(volatile char *)address = 10;
}

static void
read_there(void)
{
    (void)*(volatile char *)address;
}

static void
jump_there(void)
{
    ((void (*)(void))address)();
}

static void
bad_access_kills(void)
{
    for (uint i = 0; i < bad_address_count; i++) {
        address = bad_addresses[i];
        check(status_of(write_there) == KILLED);
        check(status_of(read_there) == KILLED);
        check(status_of(jump_there) == KILLED);
    }
}

static void
text_is_read_only(void)
{
    address = 0;
    check(status_of(read_there) == 0);
    check(status_of(write_there) == KILLED);
    address = (uint64)write_there;
    check(status_of(write_there) == KILLED);
}

static void
data_is_not_executable(void)
{
    static const uint ret = 0x00008067;
    uint on_stack = ret;
    uint *heap = (uint *)(void *)sbrk(PGSIZE);

    cow_page[0] = 0x67, cow_page[1] = (char)0x80;
    *heap = ret;
    address = (uint64)&ret;
    check(status_of(jump_there) == 0); /* constants are with the text */
    address = (uint64)cow_page;
    check(status_of(jump_there) == KILLED);
    address = (uint64)&on_stack;
    check(status_of(jump_there) == KILLED);
    address = (uint64)heap;
    check(status_of(jump_there) == KILLED);
}

static void
stack_has_guard(void)
{
    address = (r_sp() & ~(PGSIZE - 1UL)) - 1;
    check(status_of(read_there) == KILLED);
    check(status_of(write_there) == KILLED);
    address = (uint64)sbrk(0) + PGSIZE;
    check(status_of(write_there) == KILLED);
}

static int
recurse(int depth)
{
    volatile char here[256];

    here[0] = (char)depth;
    return depth ? recurse(depth - 1) + here[0] : 0;
}

static void
use_up_stack(void)
{
    recurse(1000);
}

static void
stack_overflow(void)
{
    check(status_of(use_up_stack) == KILLED);
}

static void
malloc_and_free(void)
{
    char *blocks[50];

    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 50; i++) {
            blocks[i] = malloc((uint)(i * 97 + 1));
            check(blocks[i] && (uint64)blocks[i] % 16 == 0);
            memset(blocks[i], i, (uint)(i * 97 + 1));
        }
        for (int i = 0; i < 50; i++)
            check(blocks[i][0] == i && blocks[i][i * 97] == i);
        for (int i = 0; i < 50; i++)
            free(blocks[i * 7 % 50]);
    }
}

static void
malloc_all(void)
{
    void **last = 0, **p;

    while ((p = malloc(100001))) {
        *p = last;
        last = p;
    }
    check(last);
    while (last) {
        p = *last;
        free(last);
        last = p;
    }
    check(malloc(1024 * 1024));
}

static char zeros[100000];

static void
bss_is_zero(void)
{
    for (uint i = 0; i < sizeof(zeros); i++)
        check(zeros[i] == 0);
}

const struct test memory_tests[] = {
    {sbrk_bytes, "sbrk_bytes", 0},
    {sbrk_pages_come_back_empty, "sbrk_pages_come_back_empty", 0},
    {sbrk_below_zero, "sbrk_below_zero", 0},
    {sbrk_own_program, "sbrk_own_program", 0},
    {sbrk_last_byte, "sbrk_last_byte", 0},
    {sbrk_all, "sbrk_all", 1},
    {sbrk_100_mb, "sbrk_100_mb", 1},
    {sbrk_in_many, "sbrk_in_many", 1},
    {lazy_sparse, "lazy_sparse", 0},
    {lazy_unmap, "lazy_unmap", 0},
    {lazy_in_kernel, "lazy_in_kernel", 0},
    {lazy_to_trapframe, "lazy_to_trapframe", 0},
    {lazy_is_shared_by_fork, "lazy_is_shared_by_fork", 0},
    {lazy_out_of_memory, "lazy_out_of_memory", 1},
    {cow_keeps_apart, "cow_keeps_apart", 0},
    {cow_in_kernel, "cow_in_kernel", 0},
    {cow_takes_no_memory, "cow_takes_no_memory", 0},
    {cow_chain, "cow_chain", 0},
    {cow_fences_parent, "cow_fences_parent", 0},
    {bad_access_kills, "bad_access_kills", 0},
    {text_is_read_only, "text_is_read_only", 0},
    {data_is_not_executable, "data_is_not_executable", 0},
    {stack_has_guard, "stack_has_guard", 0},
    {stack_overflow, "stack_overflow", 0},
    {malloc_and_free, "malloc_and_free", 0},
    {malloc_all, "malloc_all", 1},
    {bss_is_zero, "bss_is_zero", 0},
    {0},
};

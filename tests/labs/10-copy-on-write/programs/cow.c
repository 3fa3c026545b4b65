/* Lab 10: a program that the checks run in toyos, `cow WORK ARGUMENT...`. Its values come from the
 * command line, and so from a seed that the kernel cannot know. hypernull(1) has the grader's duet
 * look at the page tables. */
#include "../../programs/number.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "user/toyos.h"

#define PAGE  4096ul
#define PAGES 16
#define WORDS (PAGE / sizeof(ulong))
#define ERROR ((char *)-1)

static ulong *
area(ulong pages, int access, int flags)
{
    char *at = mmap(0, pages * PAGE, access, flags | MAP_ANONYMOUS, -1, 0);

    if (at == ERROR) {
        printf("cow: no memory\n");
        exit(1);
    }
    return (ulong *)at;
}

static ulong *
words(ulong pages)
{
    return area(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static ulong
free_pages(void)
{
    struct sysinfo info;

    sysinfo(&info);
    return info.free_pages;
}

static int
fork_or_end(void)
{
    int pid = fork();

    if (pid < 0) {
        printf("fork: error %d\n", errno);
        exit(1);
    }
    return pid;
}

/* Parent and child take turns: whoever has the turn passes it, and waits for it to come back. */
static int turn[2][2];

static void
turns_begin(void)
{
    pipe(turn[0]);
    pipe(turn[1]);
}

static void
turn_pass(int me)
{
    write(turn[!me][1], "", 1);
}

static void
turn_wait(int me)
{
    char byte;

    read(turn[me][0], &byte, 1);
}

/* pages SEED KEPT CHILDS PARENTS: PAGES pages are shared, as the parent and then the child see it;
 * the child writes to page CHILDS and sees it; the parent writes to page PARENTS and sees it; the
 * child ends, and the parent writes to page CHILDS and page KEPT, which are its own alone by now.
 */
static void
pages(char **word)
{
    ulong seed = number(word[0]), kept = number(word[1]), childs = number(word[2]),
          parents = number(word[3]);
    ulong *at = words(PAGES);

    for (ulong i = 0; i < PAGES; i++)
        at[i * WORDS] = seed + i;
    turns_begin();
    if (fork_or_end() == 0) {
        turn_wait(1);
        hypernull(1);
        at[childs * WORDS] += 0x100;
        hypernull(1);
        turn_pass(1);
        turn_wait(1);
        exit(0);
    }
    hypernull(1);
    turn_pass(0);
    turn_wait(0);
    at[parents * WORDS] += 0x200;
    hypernull(1);
    turn_pass(0);
    wait(0);
    at[childs * WORDS] += 0x400;
    at[kept * WORDS] += 0x400;
    hypernull(1);
}

static void
mix(ulong *at, ulong by)
{
    for (ulong i = 0; i < PAGES; i++)
        if ((by + i) % 3)
            at[i * WORDS + i] = at[i * WORDS + i] * 6364136223846793005 + by;
}

static void
family(ulong *at, ulong depth)
{
    ulong sum = 0;

    if (depth == 0) {
        for (ulong i = 0; i < PAGES; i++)
            sum = sum * 31 + at[i * WORDS + i];
        printf("%lx\n", sum);
        return;
    }
    if (fork_or_end() == 0) {
        mix(at, 2 * depth);
        family(at, depth - 1);
        exit(0);
    }
    wait(0);
    mix(at, 2 * depth + 1);
    family(at, depth - 1);
}

/* family SEED DEPTH: each process has a child and changes its pages, DEPTH times; at the end it
 * shows their sum. Then the kernel writes for a child, from a file and from a pipe, and the parent
 * shows what it has. */
static void
family_begin(char **word)
{
    ulong seed = number(word[0]), *at = words(PAGES);
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR), ends[2];

    for (ulong i = 0; i < PAGES; i++)
        at[i * WORDS + i] = seed + i;
    family(at, number(word[1]));
    at[0] = seed;
    at[WORDS] = seed + 1;
    write(fd, "from a file", 8);
    lseek(fd, 0, SEEK_SET);
    pipe(ends);
    write(ends[1], "from a pipe", 8);
    if (fork_or_end() == 0) {
        int count = read(fd, at, 8) + read(ends[0], at + WORDS, 8);
        printf("%d %d %d\n", count, memcmp(at, "from a file", 8),
               memcmp(at + WORDS, "from a pipe", 8));
        exit(0);
    }
    wait(0);
    printf("%lx %lx\n", at[0], at[WORDS]);
}

/* A fork while the stack pointer is 0. The kernel gives the page there to each process, or would,
 * with all fences that this takes; now there is none. */
static long
fork_without_stack(void)
{
    register long number __asm__("a7") = SYS_fork;
    register long result __asm__("a0");

    __asm__ volatile("mv s1, sp\n\tmv sp, zero\n\tecall\n\tmv sp, s1"
                     : "=r"(result)
                     : "r"(number)
                     : "s1", "memory");
    return result;
}

/* stale SEED ROUNDS: the parent writes to its pages just before the fork and right after it. What
 * the child finds is what was there before. From the second round on nothing comes from fresh RAM:
 * the first touch of that is an exit to the hypervisor, on which QEMU forgets what the TLB had. */
static void
stale(char **word)
{
    ulong seed = number(word[0]), *at = words(PAGES);
    int wrong = 0, status, pid;

    for (ulong round = 0; round < number(word[1]); round++) {
        for (ulong i = 0; i < PAGES; i++)
            ((volatile ulong *)at)[i * WORDS] = seed + round;
        pid = (int)fork_without_stack();
        for (ulong i = 0; pid > 0 && i < PAGES; i++)
            ((volatile ulong *)at)[i * WORDS] = 0;
        if (pid == 0) {
            for (ulong i = 0; i < PAGES; i++)
                wrong += at[i * WORDS] != seed + round;
            exit(wrong);
        }
        if (pid < 0 || wait(&status) < 0) {
            printf("fork: error %ld\n", -(long)pid);
            exit(1);
        }
        wrong += status;
    }
    printf("%d wrong\n", wrong);
}

/* One round of forks and writes, after which all that it took must be free again. */
static void
round_trip(ulong *at, ulong pages, ulong seed)
{
    for (int order = 0; order < 2; order++) {
        if (fork_or_end() == 0) {
            for (ulong i = 0; i < pages; i++)
                at[i * WORDS] = seed;
            exit(0);
        }
        if (order)
            wait(0);
        for (ulong i = 0; i < pages; i++)
            at[i * WORDS] = seed + i;
        if (!order)
            wait(0);
    }
}

/* leaks SEED PAGES ROUNDS: in all more pages are written to after forks than there are. */
static void
leaks(char **word)
{
    ulong seed = number(word[0]), count = number(word[1]), *at = words(count), before = 0,
          wrong = 0;

    for (ulong round = 0; round < number(word[2]); round++) {
        round_trip(at, count, seed + round);
        if (round == 0)
            before = free_pages();
    }
    for (ulong i = 0; i < count; i++)
        wrong += at[i * WORDS] != seed + number(word[2]) - 1 + i;
    printf("%ld wrong, %ld pages lost\n", wrong, before - free_pages());
}

/* full SEED: a process with two thirds of all memory has a child, which ends when it has written to
 * more pages than are free. Then memory is so full that a fork fails; and nothing is lost. */
static void
full(char **word)
{
    ulong seed = number(word[0]), count = free_pages() * 2 / 3, *at = words(count), *rest, left,
          wrong = 0;
    int status = 0;

    for (ulong i = 0; i < count; i++)
        at[i * WORDS] = seed + i;
    if (fork_or_end() == 0) {
        for (ulong i = 0; i < count; i++)
            wrong += at[i * WORDS] != seed + i;
        printf("child: %ld wrong\n", wrong);
        for (ulong i = 0; i < count; i++)
            at[i * WORDS] = 0;
        exit(0);
    }
    wait(&status);
    printf("child: %s\n", status ? "killed" : "wrote to more pages than there are");
    left = free_pages() - 4;
    rest = words(left);
    for (ulong i = 0; i < left; i++)
        rest[i * WORDS] = i;
    left = free_pages();
    for (int i = 0; i < 20; i++)
        if (fork() == 0)
            exit(0);
        else if (wait(0) > 0)
            printf("fork without memory: done\n");
    for (ulong i = 0; i < count; i++)
        wrong += at[i * WORDS]++ != seed + i;
    printf("parent: %ld wrong, %ld pages lost\n", wrong, left - free_pages());
}

/* A child writes there, and shows that it lives. */
static void
attempt(const char *name, volatile ulong *at)
{
    int status = -1;

    printf("%s ", name);
    if (fork_or_end() == 0) {
        *at = 1;
        exit(0);
    }
    wait(&status);
    printf("%s\n", status == 0 ? "done" : "killed");
}

/* kinds SEED: memory that is shared stays shared after a fork, and what cannot be written to stays
 * so. */
static void
kinds(char **word)
{
    ulong seed = number(word[0]), *shared = area(2, PROT_READ | PROT_WRITE, MAP_SHARED);
    ulong *constant = area(1, PROT_READ, MAP_PRIVATE);
    volatile ulong *first = constant; /* the page is there from now on */

    (void)*first;
    shared[0] = seed;
    if (fork_or_end() == 0) {
        shared[WORDS] = shared[0] + 1;
        hypernull(1);
        exit(0);
    }
    wait(0);
    printf("%lx\n", shared[WORDS]);
    hypernull(1);
    attempt("text", 0);
    attempt("constant", constant);
    attempt("shared", shared);
    printf("%lx\n", shared[0]);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(char **word);
    } works[] = {{"pages", pages}, {"family", family_begin}, {"stale", stale},
                 {"leaks", leaks}, {"full", full},           {"kinds", kinds}};

    for (uint i = 0; argc > 2 && i < sizeof(works) / sizeof(works[0]); i++)
        if (strcmp(argv[1], works[i].name) == 0)
            works[i].work(argv + 2);
    return 0;
}

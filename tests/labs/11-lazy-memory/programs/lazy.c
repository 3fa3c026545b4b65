/* Lab 11: a program that the checks run in toyos, `lazy WORK ARGUMENT...`. Its values come from the
 * command line, and so from a seed that the kernel cannot know. hypernull(1) has the grader's duet
 * look at the page tables. */
#include "../../programs/number.h"
#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PAGE  4096ul
#define GIB   (1ul << 30)
#define TOP   ((1ul << 38) - 2 * PAGE) /* nothing is mapped from here on */
#define ERROR ((char *)-1)

static ulong
free_pages(void)
{
    struct sysinfo info;

    sysinfo(&info);
    return info.free_pages;
}

static ulong *
word_of(char *base, ulong page)
{
    return (ulong *)(base + page * PAGE);
}

/* More memory; the heap begins at a page then. */
static char *
heap_more(char *(*more)(int), ulong bytes)
{
    char *at = more((int)((PAGE - (ulong)sbrk(0) % PAGE) % PAGE + bytes));

    if (at == ERROR) {
        printf("lazy: no heap\n");
        exit(1);
    }
    return (char *)(((ulong)at + PAGE - 1) & ~(PAGE - 1));
}

static char *
area(ulong bytes, int access, int flags)
{
    char *at = mmap(0, bytes, access, flags | MAP_ANONYMOUS, -1, 0);

    if (at == ERROR) {
        printf("lazy: no area\n");
        exit(1);
    }
    return at;
}

/* heap SEED KEPT LOADED STORED...: 1 GiB of heap, of which some pages are used: one is loaded from,
 * the others are written to. Then all but the first KEPT pages go and come again. */
static void
heap(char **word)
{
    ulong seed = number(word[0]), kept = number(word[1]), loaded = number(word[2]), wrong = 0;
    char *base = heap_more(sbrklazy, GIB);

    hypernull(1);
    wrong += *word_of(base, loaded);
    for (char **stored = word + 3; *stored; stored++)
        *word_of(base, number(*stored)) = seed + number(*stored);
    hypernull(1);
    printf("base %lx\n", (ulong)base);
    for (char **stored = word + 3; *stored; stored++)
        wrong += *word_of(base, number(*stored)) != seed + number(*stored);
    sbrk(-(int)(GIB - kept * PAGE));
    hypernull(1);
    if (sbrklazy((int)(GIB - kept * PAGE)) != base + kept * PAGE)
        printf("lazy: the heap ends elsewhere\n");
    for (char **stored = word + 3; *stored; stored++)
        wrong += *word_of(base, number(*stored)) !=
                 (number(*stored) < kept ? seed + number(*stored) : 0);
    printf("%ld wrong\n", wrong);
}

/* now PAGES: pages that are there when sbrk() returns; and then more than there can be. */
static void
now(char **word)
{
    ulong pages = number(word[0]), left;
    char *base = heap_more(sbrk, pages * PAGE);

    hypernull(1);
    printf("base %lx\n", (ulong)base);
    left = free_pages();
    printf("%s\n", sbrk((int)GIB) == ERROR ? "refused" : "granted");
    printf("%ld lost, the end moved by %ld\n", left - free_pages(),
           (long)(sbrk(0) - (base + pages * PAGE)));
}

/* areas SEED PAGES...: an area of each length, the last of which can only be read; the first and
 * last page of each are used. Then the address space is filled. */
static void
areas(char **word)
{
    ulong seed = number(word[0]);
    char *base[16], *rest;
    int count = 0;

    for (; word[1 + count]; count++)
        base[count] = area(number(word[1 + count]) * PAGE,
                           word[2 + count] ? PROT_READ | PROT_WRITE : PROT_READ, MAP_PRIVATE);
    hypernull(1);
    for (int i = 0; i < count; i++) {
        ulong last = number(word[1 + i]) - 1;
        if (i < count - 1) {
            *word_of(base[i], 0) = seed + (ulong)i;
            *word_of(base[i], last) += seed + 0x100 + (ulong)i;
        } else if (*word_of(base[i], 0) + *word_of(base[i], last)) {
            printf("lazy: not zero\n");
        }
        printf("base %lx\n", (ulong)base[i]);
    }
    hypernull(1);
    for (int i = 0; i < count; i++)
        munmap(base[i], number(word[1 + i]) * PAGE);
    rest = (char *)(((ulong)sbrk(0) + PAGE - 1) & ~(PAGE - 1));
    base[0] = mmap(0, TOP - (ulong)rest + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    base[1] = mmap(0, TOP - (ulong)rest, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%s %s", base[0] == ERROR ? "refused" : "granted", base[1] == rest ? "all" : "not all");
    printf(" %s\n", sbrklazy((int)PAGE) == ERROR ? "refused" : "granted");
}

/* unmap SEED PAGES FROM TO FIRST: an area whose pages are all used, FIRST and then the others;
 * pages [FROM, TO) go. Then the rest goes in one call, and a second area with it. */
static void
unmap(char **word)
{
    ulong seed = number(word[0]), pages = number(word[1]), from = number(word[2]),
          to = number(word[3]), left = free_pages();
    char *base = area(pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    char *second = area(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    int status[3] = {-1, -1, -1};

    *word_of(base, number(word[4])) = seed + number(word[4]);
    for (ulong i = 0; i < pages; i++)
        *word_of(base, i) = seed + i;
    *word_of(second, 0) = seed + pages;
    hypernull(1);
    munmap(base + from * PAGE, (to - from) * PAGE);
    hypernull(1);
    printf("base %lx\n", (ulong)base);
    for (ulong i = 0; i < 3; i++) {
        ulong page[] = {from - 1, from, to};
        if (fork() == 0)
            exit(*word_of(base, page[i]) != seed + page[i]);
        wait(&status[i]);
    }
    munmap(second < base ? second : base, (pages + 1) * PAGE);
    hypernull(1);
    for (ulong i = 0; i < 3; i++)
        printf("%s ", status[i] == 0 ? "there" : "gone");
    printf("%ld lost\n", (long)(left - free_pages()));
}

/* A child uses that address, and shows that it lives. */
static void
attempt(const char *name, volatile char *at, int is_store)
{
    int status = -1, pid = fork();

    if (pid == 0) {
        if (is_store)
            *at = 1;
        else
            (void)*at;
        exit(0);
    }
    wait(&status);
    printf("%s: %s\n", name, pid < 0 ? "no fork" : status == 0 ? "done" : "killed");
}

/* guard PAGES: a stack whose lowest page is a guard. */
static void
guard(char **word)
{
    ulong pages = number(word[0]);
    char *base = area(pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_STACK);
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR);

    base[pages * PAGE - 1] = base[PAGE] = 1;
    printf("%d %d\n", write(fd, base + PAGE - 1, 1), write(fd, base + PAGE, 1));
    hypernull(1);
    printf("base %lx\n", (ulong)base);
    attempt("load", base + PAGE - 1, 0);
    attempt("store", base, 1);
    attempt("above", base + PAGE, 1);
    munmap(base, PAGE);
    attempt("above, without guard", base + PAGE, 1);
}

/* bounds PAGES: what is just inside and just outside of heap and areas; for programs, and for the
 * kernel, which copies for them. */
static void
bounds(char **word)
{
    ulong pages = number(word[0]);
    char *base = heap_more(sbrklazy, pages * PAGE), *end = base + pages * PAGE;
    char *constant = area(pages * PAGE, PROT_READ, MAP_PRIVATE);
    char *none = area(pages * PAGE, 0, MAP_PRIVATE);
    char *low = none < constant ? none : constant;
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR);

    attempt("the heap's last byte", end - 1, 1);
    attempt("behind the heap", end, 1);
    attempt("behind the heap, load", end, 0);
    attempt("before the areas", low - 1, 0);
    attempt("load from a constant", constant + pages * PAGE - 1, 0);
    attempt("store to a constant", constant, 1);
    attempt("load from nothing", none, 0);
    attempt("a jump into the heap's end", (char *)TOP, 0);
    printf("%d %d ", write(fd, base, 8), write(fd, constant, 8));
    printf("%d %d ", write(fd, end, 8), write(fd, none, 8));
    lseek(fd, 0, SEEK_SET);
    printf("%d %d ", read(fd, end - 8, 8), read(fd, constant + PAGE, 8));
    printf("%d\n", read(fd, end, 8));
}

/* full ROUNDS: a child uses more pages than there are. */
static void
full(char **word)
{
    ulong rounds = number(word[0]), left = 0, pages = free_pages() + 100;

    for (ulong round = 0; round < rounds; round++) {
        int status = 0, pid = fork();
        if (pid == 0) {
            char *base = round % 2 ? area(pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE)
                                   : heap_more(sbrklazy, pages * PAGE);
            for (ulong i = 0; i < pages; i++)
                *word_of(base, i) = i;
            exit(0);
        }
        wait(&status);
        printf("%s\n", pid < 0 ? "no fork" : status ? "killed" : "more pages than there are");
        if (round == 0)
            left = free_pages();
    }
    printf("%s %s\n", sbrk((int)(pages * PAGE)) == ERROR ? "refused" : "granted",
           mmap(0, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == ERROR
               ? "refused"
               : "granted");
    printf("%ld lost\n", (long)(left - free_pages()));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(char **word);
    } works[] = {{"heap", heap},   {"now", now},       {"areas", areas}, {"unmap", unmap},
                 {"guard", guard}, {"bounds", bounds}, {"full", full}};

    for (uint i = 0; argc > 2 && i < sizeof(works) / sizeof(works[0]); i++)
        if (strcmp(argv[1], works[i].name) == 0)
            works[i].work(argv + 2);
    return 0;
}

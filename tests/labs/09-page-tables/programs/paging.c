/* Lab 09: a program that the checks run in toyos, `paging WORK ARGUMENT...`. Its values come from
 * the command line, and so from a seed that the kernel cannot know. Random bytes are those of
 * fill(). */
#include "../../programs/number.h"
#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PAGE  4096ul
#define AREA  (1ul << 32) /* more than an entry of the root's leads to */
#define SMALL (4 * PAGE)
#define ERROR ((char *)-1)

/* Letters that follow from the seed. */
static void
fill(char *to, ulong len, uint seed)
{
    while (len--) {
        seed = seed * 1664525 + 1013904223;
        *to++ = 'a' + (seed >> 24) % 26;
    }
}

static char *
area(ulong len)
{
    char *at = mmap(0, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == ERROR) {
        printf("paging: no memory\n");
        exit(1);
    }
    return at;
}

/* Four pages that do not follow each other in RAM. */
static char *
scattered(void)
{
    static const char order[] = {2, 0, 3, 1};
    char *pages = area(SMALL), *between = area(SMALL);

    for (int i = 0; i < 4; i++) {
        pages[order[i] * PAGE] = 1;
        between[i * PAGE] = 1;
    }
    return pages;
}

/* pages SEED NUMBER...: writes to the pages of these numbers, reads them back, and has them looked
 * at. */
static void
pages(int count, char **word)
{
    ulong seed = number(word[0]), wrong = 0;
    char *base = area(AREA);

    for (int i = 1; i < count; i++)
        *(ulong *)(base + number(word[i]) * PAGE) = seed + number(word[i]);
    for (int i = 1; i < count; i++)
        wrong += *(ulong *)(base + number(word[i]) * PAGE) != seed + number(word[i]);
    hypernull(1);
    printf("%ld wrong\n", wrong);
}

/* in SEED OFFSET LENGTH: the kernel copies this piece of scattered pages into a pipe, of which a
 * child shows it, from within a page. */
static void
in(int count, char **word)
{
    char part[64], *at = scattered() + number(word[1]);
    ulong len = number(word[2]);
    int ends[2], got;

    (void)count;
    fill(at, len, (uint)number(word[0]));
    pipe(ends);
    if (fork() == 0) {
        close(ends[1]);
        while ((got = read(ends[0], part, sizeof(part))) > 0)
            write(1, part, got);
        exit(0);
    }
    close(ends[0]);
    if (write(ends[1], at, (int)len) != (int)len)
        printf("write: error %d", errno);
    close(ends[1]);
    wait(0);
    printf("\n");
}

/* out SEED OFFSET LENGTH: the kernel writes a file's bytes into a piece of scattered pages, and
 * nothing around it. */
static void
out(int count, char **word)
{
    ulong offset = number(word[1]), len = number(word[2]), around = 0;
    char *from = area(SMALL), *to = scattered();
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR);

    (void)count;
    fill(from, len, (uint)number(word[0]));
    memset(to, '.', SMALL);
    for (ulong done = 0; done < len; done += 512) /* each is within a page of its own */
        write(fd, from + done, (int)(len - done < 512 ? len - done : 512));
    lseek(fd, 0, SEEK_SET);
    if (read(fd, to + offset, (int)len) != (int)len)
        printf("read: error %d\n", errno);
    for (ulong i = 0; i < SMALL; i++)
        around += (i < offset || i >= offset + len) && to[i] != '.';
    for (ulong done = 0; done < len; done += 64) {
        char line[64];
        ulong part = len - done < 64 ? len - done : 64;
        memcpy(line, to + offset + done, part);
        write(1, line, (int)part);
    }
    printf("\n%ld around\n", around);
}

/* string BEFORE TEXT: the kernel reads TEXT, of which BEFORE bytes are in the first of two pages.
 */
static void
string(int count, char **word)
{
    char echo[] = "echo", *at = scattered() + PAGE - number(word[0]), *line[] = {echo, at, 0};

    (void)count;
    strcpy(at, word[1]);
    exec("/echo", line);
    printf("exec: error %d\n", errno);
}

static const char *
result(long value)
{
    return value >= 0 ? "done" : errno == EFAULT ? "EFAULT" : "another error";
}

/* buffers ADDRESS...: the kernel reads from there, writes to there, and finds a string there. */
static void
buffers(int count, char **word)
{
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR);

    write(fd, "0123456789abcdef", 16);
    for (int i = 0; i < count; i++) {
        char *at = (char *)number(word[i]);
        const char *sink, *source, *path;
        lseek(fd, 16, SEEK_SET);
        sink = result(write(fd, at, 16));
        lseek(fd, 0, SEEK_SET);
        source = result(read(fd, at, 16));
        path = result(open(at, O_RDONLY));
        printf("%lx %s %s %s\n", number(word[i]), sink, source, path);
    }
}

/* A child that ends with 0 if it may do that. */
static void
attempt(const char *name, volatile char *at, int is_store)
{
    int status = -1;

    printf("%s ", name); /* before a child dies, whose end is a line on the console */
    if (fork() == 0) {
        if (is_store)
            *at = 1;
        else
            (void)*at;
        exit(0);
    }
    wait(&status);
    printf("%s\n", status == 0 ? "done" : "killed");
}

/* touch ADDRESS...: loads from and stores to these addresses. */
static void
touch(int count, char **word)
{
    for (int i = 0; i < count; i++) {
        attempt("load", (char *)number(word[i]), 0);
        attempt("store", (char *)number(word[i]), 1);
    }
}

/* edge LENGTH: buffers of which the last byte is the last one of a page, or in the next, which is
 * not there. */
static void
edge(int count, char **word)
{
    ulong len = number(word[0]);
    char *page = area(2 * PAGE), *at = page + PAGE - len;
    int fd = open("/lab", O_CREATE | O_TRUNC | O_RDWR);

    (void)count;
    munmap(page + PAGE, PAGE);
    memset(page, 'x', PAGE);
    printf("write %d\n", write(fd, at, (int)len));
    lseek(fd, 0, SEEK_SET);
    printf("read %d\n", read(fd, at, (int)len));
    printf("write %s\n", result(write(fd, page + PAGE, 1)));
    printf("write %d\n", write(fd, at, (int)len + 1));
    printf("string %s\n", result(open(at, O_RDONLY)));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(int count, char **word);
    } works[] = {{"pages", pages},     {"in", in},       {"out", out},  {"string", string},
                 {"buffers", buffers}, {"touch", touch}, {"edge", edge}};

    for (uint i = 0; argc > 2 && i < sizeof(works) / sizeof(works[0]); i++)
        if (strcmp(argv[1], works[i].name) == 0)
            works[i].work(argc - 2, argv + 2);
    return 0;
}

/* Every header, system call and function of the library that programs for xv6 know, under the names
 * and types that they have there. Says each thing that is not as it should be. */
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "kernel/syscall.h"
#include "kernel/types.h"
#include "kernel/vm.h"
#include "user/user.h"

char buf[BSIZE];

#define want(so)                                                                                   \
    if (!(so))                                                                                     \
    fprintf(2, "line %d: not so: %s\n", __LINE__, #so)

static void
files(void)
{
    struct stat st;
    struct dirent de;
    int fd, found = 0;

    want(mkdir("all.d") == 0);
    want(chdir("all.d") == 0);
    want((fd = open("f", O_CREATE | O_RDWR)) >= 3);
    want(write(fd, "hello", 5) == 5);
    want(fstat(fd, &st) == 0 && st.type == T_FILE && st.nlink == 1 && st.size == 5);
    want(close(fd) == 0);
    want(link("f", "g") == 0);
    want(stat("g", &st) == 0 && st.nlink == 2);
    want(unlink("f") == 0 && open("f", 0) == -1);
    want((fd = open("g", O_RDONLY)) >= 0 && read(fd, buf, sizeof(buf)) == 5 &&
         memcmp(buf, "hello", 5) == 0);
    close(fd);
    want((fd = open("g", O_WRONLY | O_TRUNC)) >= 0 && fstat(fd, &st) == 0 && st.size == 0);
    close(fd);
    want(mknod("con", 1, 1) == 0 && stat("con", &st) == 0 && st.type == T_DEVICE);
    want((fd = open(".", 0)) >= 0);
    while (read(fd, &de, sizeof(de)) == sizeof(de))
        if (de.inum && (strcmp(de.name, "g") == 0 || strcmp(de.name, "con") == 0))
            found++;
    close(fd);
    want(found == 2);
    want(unlink("con") == 0 && unlink("g") == 0 && chdir("..") == 0 && unlink("all.d") == 0);
}

static void
processes(void)
{
    int fds[2], pid, status;
    char *argv[] = {"echo", "from", "echo", 0};

    want(pipe(fds) == 0);
    if ((pid = fork()) == 0) {
        close(1);
        dup(fds[1]);
        close(fds[0]);
        close(fds[1]);
        exec("echo", argv);
        exit(9);
    }
    close(fds[1]);
    memset(buf, 0, sizeof(buf));
    for (int n = 0, got; (got = read(fds[0], buf + n, sizeof(buf) - n)) > 0; n += got)
        ;
    want(strcmp(buf, "from echo\n") == 0);
    want(wait(&status) == pid && status == 0);
    if ((pid = fork()) == 0) {
        sleep(1000);
        exit(9);
    }
    want(kill(pid) == 0 && wait(&status) == pid && status == -1);
    want(getpid() > 0 && wait(0) == -1);
    status = uptime();
    want(pause(1) == 0 && sleep(1) == 0 && uptime() >= status + 2);
}

static void
memory(void)
{
    char *end = sbrk(0), *p;

    want(sbrk(PGSIZE) == end && sbrklazy(PGSIZE) == end + PGSIZE);
    end[2 * PGSIZE - 1] = 1;
    want(sys_sbrk(-2 * PGSIZE, SBRK_EAGER) == end + 2 * PGSIZE && sbrk(0) == end);
    want((p = malloc(100000)) != 0);
    memset(p, 'x', 100000);
    want(p[99999] == 'x');
    free(p);
    want(MAXVA == 1L << 38 && TRAPFRAME == MAXVA - 2 * PGSIZE && KERNBASE == 0x80000000L &&
         SYS_close == 21);
}

static void
strings(void)
{
    char text[16];

    want(strcmp(strcpy(text, "abc"), "abc") == 0 && strlen(text) == 3 &&
         strchr(text, 'b') == text + 1);
    want(memmove(text + 1, text, 3) == text + 1 && memcmp(text, "aabc", 4) == 0);
    want(memcpy(text, "zz", 2) == text && atoi("123x") == 123);
    want(strcmp(gets(text, sizeof(text)), "") == 0);
}

int
main(int argc, char *argv[])
{
    files();
    processes();
    memory();
    strings();
    want(argc == 2 && strcmp(argv[1], "arg") == 0);
    fprintf(1, "%s done\n", argv[0]);
    exit(0);
}

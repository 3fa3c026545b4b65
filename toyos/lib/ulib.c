/* Small helpers around the system calls. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "kernel/vm.h"
#include "user/user.h"

char *
sbrk(int bytes)
{
    return sys_sbrk(bytes, SBRK_EAGER);
}

char *
sbrklazy(int bytes)
{
    return sys_sbrk(bytes, SBRK_LAZY);
}

int
sleep(int ticks)
{
    return pause(ticks);
}

char *
gets(char *buf, int max)
{
    int n = 0;

    while (n + 1 < max && read(0, buf + n, 1) == 1) {
        n++;
        if (buf[n - 1] == '\n' || buf[n - 1] == '\r')
            break;
    }
    buf[n] = '\0';
    return buf;
}

int
atoi(const char *text)
{
    int n = 0, is_negative = *text == '-';

    text += is_negative;
    while (*text >= '0' && *text <= '9')
        n = n * 10 + (*text++ - '0');
    return is_negative ? -n : n;
}

int
stat(const char *path, struct stat *st)
{
    int fd = open(path, O_RDONLY);
    int result;

    if (fd < 0)
        return -1;
    result = fstat(fd, st);
    close(fd);
    return result;
}

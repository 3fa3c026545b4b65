/* A hypercall handler in the hands of an attacker, for the test of the sandbox: tests/abi/extend
 * builds it into a duet. The environment says what it attempts; the value of the call is the errno
 * that it got, or 0. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/call/hypercall.h"

struct sbi_ret
hc_breach(struct vcpu *vcpu)
{
    const char *what = getenv("BREACH");
    int failed = 1;

    (void)vcpu;
    errno = 0;
    if (strcmp(what, "read") == 0)
        failed = open("/etc/secret", O_RDONLY) < 0;
    else if (strcmp(what, "write") == 0)
        failed = open("/tmp/broken-out", O_CREAT | O_WRONLY, 0600) < 0;
    else if (strcmp(what, "exec") == 0)
        failed = execl("/bin/busybox", "busybox", "touch", "/tmp/broken-out", NULL) < 0;
    else if (strcmp(what, "fork") == 0)
        failed = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0; /* fork() blocks SIGSYS first */
    else if (strcmp(what, "socket") == 0)
        failed = socket(AF_UNIX, SOCK_STREAM, 0) < 0;
    else if (strcmp(what, "code") == 0)
        failed = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                 MAP_FAILED;
    else if (strcmp(what, "root") == 0)
        failed = syscall(SYS_setuid, 0) < 0;
    return sbi_value(failed ? (uint64_t)errno : 0);
}

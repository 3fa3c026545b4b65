/* The process that creates files for duet. */
#include "vmm/state/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/named_files.h"
#include "vmm/passing.h"
#include "vmm/sandbox.h"

/* What duet sends: a byte. What comes back: an errno, and with it a file descriptor. */
enum order { ORDER_CREATE = 'n', ORDER_COMMIT = 'c', ORDER_DISCARD = 'd' };

static struct keeper {
    const char *path;
    int socket; /* -1: none */
} keepers[KEEPER_FILES] = {{.socket = -1}, {.socket = -1}};

/* The keeper's own. */
static struct {
    int socket, folder;
    int fd; /* the new file; -1: none */
    char name[NAME_MAX + 1], new_name[NAME_MAX + 1];
} own = {.fd = -1};

static const struct sandbox_group keeper_calls = SANDBOX_GROUP(
    SANDBOX_CALL(recvfrom), SANDBOX_CALL(sendmsg), SANDBOX_CALL(openat), SANDBOX_CALL(unlinkat),
    SANDBOX_CALL(renameat2), SANDBOX_CALL(fsync), SANDBOX_CALL(close));
static const struct sandbox_kind keeper_kind = {
    "keeper",
    {&keeper_calls, &sandbox_every_thread, &sandbox_terminal},
};

static void
new_file_discard(void)
{
    if (own.fd < 0)
        return;
    close(own.fd);
    own.fd = -1;
    unlinkat(own.folder, own.new_name, 0);
}

/* 0 or an errno. */
static int
new_file_create(void)
{
    new_file_discard();
    /* One that a keeper left which was killed. */
    if (unlinkat(own.folder, own.new_name, 0) && errno != ENOENT)
        return errno;
    own.fd = openat(own.folder, own.new_name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    return own.fd < 0 ? errno : 0;
}

/* 0 or an errno. */
static int
new_file_commit(void)
{
    int error = 0;

    if (own.fd < 0)
        return EBADF;
    if (fsync(own.fd) || renameat2(own.folder, own.new_name, own.folder, own.name, 0) ||
        fsync(own.folder))
        error = errno;
    if (error) {
        new_file_discard();
    } else {
        close(own.fd);
        own.fd = -1;
    }
    return error;
}

/* Sends the errno, and the file if there is one to send. */
static bool
answer(int error, int fd)
{
    return passing_send(own.socket, &error, sizeof(error), fd) >= 0;
}

static _Noreturn void
keeper_main(void)
{
    char order;

    while (recv(own.socket, &order, 1, 0) == 1) {
        int error = EINVAL;

        if (order == ORDER_CREATE)
            error = new_file_create();
        else if (order == ORDER_COMMIT)
            error = new_file_commit();
        else if (order == ORDER_DISCARD)
            new_file_discard();
        if (!answer(error, order == ORDER_CREATE && !error ? own.fd : -1))
            break;
    }
    new_file_discard();
    _exit(0);
}

/* Closes all files but the standard ones, the socket and the folder: none of duet's other files is
 * the keeper's. 0, or -1. */
static int
others_close(void)
{
    unsigned low = (unsigned)(own.socket < own.folder ? own.socket : own.folder);
    unsigned high = (unsigned)(own.socket < own.folder ? own.folder : own.socket);

    /* close_range() does not take an empty range. */
    if ((low > STDERR_FILENO + 1 && close_range(STDERR_FILENO + 1, low - 1, 0)) ||
        (high > low + 1 && close_range(low + 1, high - 1, 0)))
        return -1;
    return close_range(high + 1, UINT_MAX, 0);
}

/* The process: takes no signal that is meant for duet, for which it ends in its own way. */
static _Noreturn void
keeper_begin(void)
{
    static const int ignored[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPWR,
                                  SIGUSR1, SIGUSR2, SIGPIPE, SIGTSTP};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
    /* Somebody may wait for the end of duet's output. */
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0 || others_close() || sandbox_helper(own.folder, &keeper_kind))
        _exit(STATUS_FAILED);
    keeper_main();
}

/* Finds the folder and the names in it. */
static int
path_take(const char *path)
{
    char *copy = strdup(path), *copy_too = strdup(path);
    struct stat st;
    int failed = 0;

    if (!copy || !copy_too) {
        failed = fail_errno("memory for %s", path);
    } else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        failed = fail("%s: is not a file", path);
    } else if (strlen(basename(copy)) + sizeof(NAMED_NEW_SUFFIX) > sizeof(own.name)) {
        errno = ENAMETOOLONG;
        failed = fail_errno("%s", path);
    } else {
        snprintf(own.name, sizeof(own.name), "%s", basename(copy));
        snprintf(own.new_name, sizeof(own.new_name), "%.*s" NAMED_NEW_SUFFIX,
                 (int)(sizeof(own.name) - sizeof(NAMED_NEW_SUFFIX)), own.name);
        own.folder = open(dirname(copy_too), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (own.folder < 0)
            failed = fail_errno("%s: its folder", path);
        else if (faccessat(own.folder, ".", W_OK | X_OK, AT_EACCESS)) {
            failed = fail_errno("%s: its folder cannot be written", path);
            close(own.folder);
        }
    }
    free(copy);
    free(copy_too);
    return failed;
}

int
keeper_open(enum keeper_file file, const char *path)
{
    int pair[2];
    pid_t child;

    if (path_take(path))
        return -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        close(own.folder);
        return fail_errno("%s: socketpair", path);
    }
    own.socket = pair[1];
    child = fork();
    if (child == 0) {
        keeper_begin();
    }
    close(pair[1]);
    close(own.folder);
    if (child < 0) {
        close(pair[0]);
        return fail_errno("%s: fork", path);
    }
    keepers[file] = (struct keeper){.path = path, .socket = pair[0]};
    return 0;
}

void
keeper_close(enum keeper_file file)
{
    if (keepers[file].socket >= 0)
        close(keepers[file].socket);
    keepers[file].socket = -1;
}

/* Gives an order. 0 or an errno; *fd is the file that came with the answer, or -1. */
static int
order_give(enum keeper_file file, enum order order, int *fd)
{
    const char byte = (char)order;
    int error = EIO;
    ssize_t got;

    *fd = -1;
    if (send(keepers[file].socket, &byte, 1, MSG_NOSIGNAL) != 1)
        return errno;
    do
        got = passing_receive(keepers[file].socket, &error, sizeof(error), fd);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno;
    if (got != sizeof(error))
        return EPIPE; /* it has ended */
    return error;
}

int
keeper_create(enum keeper_file file)
{
    int fd;

    errno = order_give(file, ORDER_CREATE, &fd);
    if (errno == 0 && fd >= 0)
        return fd;
    return fail_errno("%s" NAMED_NEW_SUFFIX ": cannot be created", keepers[file].path);
}

int
keeper_commit(enum keeper_file file)
{
    int fd;

    errno = order_give(file, ORDER_COMMIT, &fd);
    return errno ? fail_errno("%s: cannot be written", keepers[file].path) : 0;
}

void
keeper_discard(enum keeper_file file)
{
    int fd;

    order_give(file, ORDER_DISCARD, &fd);
}

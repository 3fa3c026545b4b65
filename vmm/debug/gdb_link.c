/* The line to gdb. */
#include "vmm/debug/gdb_link.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/log.h"

/* gdb answers within milliseconds, and a socket's buffer has room for many of our packets. */
#define SEND_PATIENCE_MS 5000

/* The port that the argument ":PORT" names; 0 if it names none. */
static in_port_t
port_parse(const char *where)
{
    char *end;
    unsigned long port = strtoul(where + 1, &end, 10);

    return end == where + 1 || *end || port > UINT16_MAX ? 0 : (in_port_t)port;
}

static int
port_listen(struct gdb_link *link)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int yes = 1;

    address.sin_port = htons(port_parse(link->where));
    if (!address.sin_port)
        return fail("--gdb=%s: want a port from 1 to %d", link->where, UINT16_MAX);
    link->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->listen_fd < 0 ||
        setsockopt(link->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
        bind(link->listen_fd, (const struct sockaddr *)&address, sizeof(address)) ||
        listen(link->listen_fd, 1))
        return fail_errno("--gdb=%s", link->where);
    say("waiting for gdb: target remote %s", link->where);
    return 0;
}

/* A separate process removes the socket's file when duet has ended, however it ended. duet itself
 * may not do so once the guest runs, and if it was root it has become another user by then. */
static int
remover_start(struct gdb_link *link)
{
    int alive[2], gone[2];
    pid_t pid;
    char byte;

    if (pipe2(alive, O_CLOEXEC) || pipe2(gone, O_CLOEXEC) || (pid = fork()) < 0)
        return fail_errno("--gdb=%s", link->where);
    if (pid == 0) {
        setsid(); /* Ctrl-C must not end it */
        if (dup2(alive[0], 0) != 0 || dup2(gone[1], 1) != 1 || close_range(2, ~0U, 0))
            _exit(1);
        while (read(0, &byte, 1) < 0 && errno == EINTR)
            ;
        unlink(link->where);
        _exit(0);
    }
    close(alive[0]);
    close(gone[1]);
    link->remover_alive = alive[1];
    link->remover_gone = gone[0];
    return 0;
}

static void
remover_finish(struct gdb_link *link)
{
    char byte;

    if (link->remover_alive < 0)
        return;
    close(link->remover_alive);
    while (read(link->remover_gone, &byte, 1) < 0 && errno == EINTR)
        ;
    close(link->remover_gone);
    link->remover_alive = link->remover_gone = -1;
}

static int
socket_listen(struct gdb_link *link)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t mask;
    int failed;

    if (!link->where[0])
        return fail("--gdb=: want the path of a socket, or :PORT");
    if (strlen(link->where) >= sizeof(address.sun_path))
        return fail("--gdb=%s: too long a path for a socket", link->where);
    memcpy(address.sun_path, link->where, strlen(link->where) + 1);
    link->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->listen_fd < 0)
        return fail_errno("--gdb=%s", link->where);
    mask = umask(0177);
    failed = bind(link->listen_fd, (const struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (failed && errno == EADDRINUSE)
        return fail("--gdb=%s: exists; remove it, unless another duet is using it", link->where);
    if (failed || listen(link->listen_fd, 1))
        return fail_errno("--gdb=%s", link->where);
    if (remover_start(link))
        return -1;
    say("waiting for gdb: target remote %s", link->where);
    return 0;
}

static int
watch(struct gdb_link *link, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};

    return epoll_ctl(link->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int
gdb_link_open(struct gdb_link *link, const char *where)
{
    struct stat st;
    int failed;

    *link = (struct gdb_link){.where = where, .listen_fd = -1, .fd = -1, .remover_alive = -1};
    link->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    link->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (link->epoll_fd < 0 || link->wake_fd < 0 || watch(link, link->wake_fd, EPOLLIN)) {
        failed = fail_errno("--gdb=%s", where);
    } else if (where[0] == ':') {
        failed = port_listen(link);
    } else if (stat(where, &st) == 0 && S_ISCHR(st.st_mode)) {
        link->fd = open(where, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        failed = link->fd < 0 ? fail_errno("--gdb=%s", where) : 0;
    } else {
        failed = socket_listen(link);
    }
    /* A device whose other end is not open reports a hang-up all the time, so only changes are
     * reported (EPOLLET). */
    if (!failed && (link->listen_fd >= 0 ? watch(link, link->listen_fd, EPOLLIN)
                                         : watch(link, link->fd, EPOLLIN | EPOLLET)))
        failed = fail_errno("--gdb=%s", where);
    if (failed)
        gdb_link_close(link);
    return failed;
}

static enum gdb_link_event
client_accept(struct gdb_link *link)
{
    int fd = accept4(link->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return GDB_LINK_NONE;
    if (link->fd >= 0 || watch(link, fd, EPOLLIN)) { /* there is a connection already */
        close(fd);
        return GDB_LINK_NONE;
    }
    link->fd = fd;
    link->connected = true;
    return GDB_LINK_UP;
}

enum gdb_link_event
gdb_link_wait(struct gdb_link *link)
{
    struct epoll_event event;
    uint64_t count;

    if (epoll_wait(link->epoll_fd, &event, 1, -1) != 1)
        return GDB_LINK_NONE;
    if (event.data.fd == link->wake_fd) {
        if (read(link->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
            fail_errno("eventfd");
        return GDB_LINK_NONE;
    }
    if (event.data.fd == link->listen_fd)
        return client_accept(link);
    if (link->connected)
        return GDB_LINK_DATA;
    link->connected = !(event.events & (EPOLLHUP | EPOLLERR)); /* the other end of a device */
    return link->connected ? GDB_LINK_UP : GDB_LINK_NONE;
}

void
gdb_link_wake(struct gdb_link *link)
{
    uint64_t one = 1;

    if (write(link->wake_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

size_t
gdb_link_read(struct gdb_link *link, void *data, size_t size)
{
    ssize_t got;

    if (!link->connected)
        return 0;
    do
        got = read(link->fd, data, size);
    while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        gdb_link_drop(link);
    return got > 0 ? (size_t)got : 0;
}

void
gdb_link_send(struct gdb_link *link, const void *data, size_t len)
{
    while (len > 0 && link->connected) {
        ssize_t put = link->listen_fd >= 0 ? send(link->fd, data, len, MSG_NOSIGNAL)
                                           : write(link->fd, data, len);

        if (put > 0) {
            data = (const char *)data + put;
            len -= (size_t)put;
        } else if (put < 0 && errno == EAGAIN) {
            struct pollfd fd = {.fd = link->fd, .events = POLLOUT};

            if (poll(&fd, 1, SEND_PATIENCE_MS) == 0) {
                say("gdb does not read: its connection is closed");
                gdb_link_drop(link);
            }
        } else if (put == 0 || errno != EINTR) {
            return; /* the connection has ended: the next wait reports it */
        }
    }
}

void
gdb_link_drop(struct gdb_link *link)
{
    link->connected = false;
    if (link->listen_fd < 0)
        return;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

void
gdb_link_close(struct gdb_link *link)
{
    gdb_link_drop(link);
    if (link->listen_fd >= 0) {
        close(link->listen_fd);
        remover_finish(link);
    } else if (link->fd >= 0) {
        close(link->fd);
    }
    if (link->wake_fd >= 0)
        close(link->wake_fd);
    if (link->epoll_fd >= 0)
        close(link->epoll_fd);
    link->listen_fd = link->fd = link->wake_fd = link->epoll_fd = -1;
}

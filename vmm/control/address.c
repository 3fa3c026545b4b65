/* The address at which a guest is awaited. */
#include "vmm/control/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/log.h"

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_un path;
        struct sockaddr_in port;
    } of;
    socklen_t len;
};

/* Not by getaddrinfo(): in a static program it needs files of the C library that it was linked
 * with. 0, or -1 after saying why. */
static int
tcp_parse(struct address *address, const char *text, const char *colon)
{
    char host[INET_ADDRSTRLEN] = "127.0.0.1", *end;
    size_t len = (size_t)(colon - text);
    unsigned long port = strtoul(colon + 1, &end, 10);

    if (len > 0 && len < sizeof(host)) {
        memcpy(host, text, len);
        host[len] = '\0';
    }
    address->of.port = (struct sockaddr_in){.sin_family = AF_INET};
    if (len >= sizeof(host) || inet_pton(AF_INET, host, &address->of.port.sin_addr) != 1 ||
        end == colon + 1 || *end || port < 1 || port > UINT16_MAX)
        return fail("%s: want an address such as 192.0.2.1:4444 or :4444, or the path of a socket",
                    text);
    address->of.port.sin_port = htons((uint16_t)port);
    address->len = sizeof(address->of.port);
    return 0;
}

static int
address_parse(struct address *address, const char *text)
{
    const char *colon = strrchr(text, ':');

    if (colon && !strchr(text, '/'))
        return tcp_parse(address, text, colon);
    address->of.path = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (!text[0] || strlen(text) >= sizeof(address->of.path.sun_path))
        return fail("%s: is too long or too short a path for a socket", text);
    memcpy(address->of.path.sun_path, text, strlen(text) + 1);
    address->len = sizeof(address->of.path);
    return 0;
}

/* What is sent last is waited for: it is not kept back. */
static void
tcp_set_up(int fd, const struct address *address)
{
    const int yes = 1;

    if (address->of.any.sa_family == AF_INET)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

int
address_connect(const char *text)
{
    struct address address;
    int fd;

    if (address_parse(&address, text))
        return -1;
    fd = socket(address.of.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno("%s", text);
    if (connect(fd, &address.of.any, address.len)) {
        fail_errno("%s: is a duet with --migrate-from waiting there", text);
        close(fd);
        return -1;
    }
    tcp_set_up(fd, &address);
    return fd;
}

static int
address_bind(int fd, const struct address *address)
{
    const int yes = 1;
    mode_t mask = umask(0177);
    int failed;

    if (address->of.any.sa_family == AF_INET)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    failed = bind(fd, &address->of.any, address->len);
    umask(mask);
    return failed;
}

/* The file of a socket, while somebody may end duet with a signal. */
static const char *socket_file;

static void
end_handler(int signo)
{
    unlink(socket_file);
    signal(signo, SIG_DFL);
    raise(signo);
}

static void
end_watch(const char *file, bool on)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    static struct sigaction before[sizeof(ending) / sizeof(ending[0])];

    socket_file = file;
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        if (!on)
            sigaction(ending[i], &before[i], NULL);
        else if (sigaction(ending[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(ending[i], &(struct sigaction){.sa_handler = end_handler}, NULL);
}

int
address_accept(const char *text)
{
    struct address address;
    int fd, connection = -1;

    if (address_parse(&address, text))
        return -1;
    fd = socket(address.of.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno("%s", text);
    if (address_bind(fd, &address)) {
        if (errno == EADDRINUSE && address.of.any.sa_family == AF_UNIX)
            fail("%s: exists; remove it, unless another duet is waiting there", text);
        else
            fail_errno("%s", text);
        close(fd);
        return -1;
    }
    if (address.of.any.sa_family == AF_UNIX)
        end_watch(text, true);
    if (listen(fd, 1) == 0) {
        say("waiting for a guest: duet migrate NAME %s", text);
        do
            connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        while (connection < 0 && (errno == EINTR || errno == ECONNABORTED));
    }
    if (connection < 0)
        fail_errno("%s", text);
    else
        tcp_set_up(connection, &address);
    close(fd);
    if (address.of.any.sa_family == AF_UNIX) {
        unlink(text);
        end_watch(NULL, false);
    }
    return connection;
}

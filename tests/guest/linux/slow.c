/* slow FROM TO: takes one connection at the socket FROM and passes it on to the socket TO. What
 * comes from there goes at once; what goes there is taken no faster than 1.6 MB a second. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIECE 8192

static int
socket_at(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    strncpy(address->sun_path, path, sizeof(address->sun_path) - 1);
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static void
pass(int from, int to, long wait_ns)
{
    const struct timespec wait = {.tv_nsec = wait_ns};
    char bytes[PIECE];
    ssize_t got;

    while ((got = read(from, bytes, sizeof(bytes))) > 0) {
        for (ssize_t done = 0, put; done < got; done += put) {
            put = send(to, bytes + done, (size_t)(got - done), MSG_NOSIGNAL);
            if (put < 0)
                return;
        }
        if (wait_ns)
            nanosleep(&wait, NULL);
    }
    shutdown(to, SHUT_WR);
}

int
main(int argc, char **argv)
{
    const int small = 4096; /* so that little is on its way */
    struct sockaddr_un address;
    int listening, from, to;

    if (argc != 3)
        return 2;
    to = socket_at(argv[2], &address);
    if (connect(to, (struct sockaddr *)&address, sizeof(address)))
        return 1;
    setsockopt(to, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    listening = socket_at(argv[1], &address);
    if (bind(listening, (struct sockaddr *)&address, sizeof(address)) || listen(listening, 1))
        return 1;
    from = accept(listening, NULL, NULL);
    unlink(argv[1]);
    if (fork() == 0) {
        pass(to, from, 0);
        _exit(0);
    }
    pass(from, to, 5000000);
    wait(NULL);
    return 0;
}

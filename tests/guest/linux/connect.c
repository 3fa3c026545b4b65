/* connect NAME [USER]: stdin to the control socket of a VM of this user's (0), and from there to
 * stdout, as they are: what no well-behaved client says. Ends when the socket does, status 1 if
 * there is none. */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/control/control_line.h"

int
main(int argc, char **argv)
{
    struct sockaddr_un address;
    socklen_t len = control_address(&address, argc > 2 ? (uid_t)atoi(argv[2]) : 0, argv[1]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    char text[65536];
    ssize_t got;

    if (connect(fd, (const struct sockaddr *)&address, len))
        return 1;
    while (poll(fds, 2, -1) > 0) {
        if (fds[1].revents) {
            got = read(STDIN_FILENO, text, sizeof(text));
            /* What was answered before the socket was closed is still there. */
            if (got <= 0 || send(fd, text, (size_t)got, MSG_NOSIGNAL) != got)
                fds[1].fd = -1;
        }
        if (fds[0].revents) {
            got = read(fd, text, sizeof(text));
            if (got <= 0 || write(STDOUT_FILENO, text, (size_t)got) != got)
                return 0;
        }
    }
    return 0;
}

/* Messages on a Unix socket that may have an open file with them. */
#include "vmm/passing.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* Room for a message's file, aligned as the kernel wants it. */
union passed {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

ssize_t
passing_send(int socket, const void *bytes, size_t len, int fd)
{
    union passed passed = {0};
    struct iovec said = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = len};
    struct msghdr message = {.msg_iov = &said, .msg_iovlen = 1};

    if (fd >= 0) {
        message.msg_control = passed.bytes;
        message.msg_controllen = sizeof(passed.bytes);
        passed.header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&passed.header), &fd, sizeof(fd));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t
passing_receive(int socket, void *bytes, size_t len, int *fd)
{
    union passed passed;
    struct iovec said = {.iov_base = bytes, .iov_len = len};
    /* Not CMSG_SPACE: that has room for two, and the second would stay open. */
    struct msghdr message = {.msg_iov = &said,
                             .msg_iovlen = 1,
                             .msg_control = passed.bytes,
                             .msg_controllen = CMSG_LEN(sizeof(int))};
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);

    *fd = -1;
    if (got >= 0 && message.msg_controllen >= CMSG_LEN(sizeof(int)) &&
        passed.header.cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(&passed.header), sizeof(*fd));
    return got;
}

/*
 * The line to gdb: a Unix socket or a loopback port that gdb connects to, or a character device
 * (a virtio-serial port) whose other end gdb has. One gdb at a time; another may come after it.
 * After opening, it belongs to the debugger's thread.
 */
#ifndef DUET_VMM_GDB_LINK_H
#define DUET_VMM_GDB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct gdb_link {
    const char *where;
    int epoll_fd;
    int listen_fd;     /* -1 for a device */
    int fd;            /* what gdb is on: -1 when there is none; a device's is always there */
    int wake_fd;       /* an eventfd that makes gdb_link_wait() return */
    int remover_alive; /* closed to have the socket's file removed; -1 when there is none */
    int remover_gone;  /* hangs up when that is done */
    bool connected;
};

enum gdb_link_event {
    GDB_LINK_NONE,
    GDB_LINK_UP,   /* a gdb has connected; there may be something to read */
    GDB_LINK_DATA, /* there may be something to read, or gdb is gone */
};

/* Opens the link: `where` is ":PORT", the path of a character device, or that of a Unix socket,
 * which is made, for this user alone. 0, or -1 after saying why. */
int gdb_link_open(struct gdb_link *link, const char *where);

/* Waits for something to happen on the link, or for gdb_link_wake(). */
enum gdb_link_event gdb_link_wait(struct gdb_link *link);

/* From any thread. */
void gdb_link_wake(struct gdb_link *link);

/* Reads what has arrived, without waiting: 0 when there is nothing more. When gdb is gone,
 * `connected` is false from then on. */
size_t gdb_link_read(struct gdb_link *link, void *data, size_t size);

/* Sends all of it. A gdb that takes nothing for some seconds is hung up on. */
void gdb_link_send(struct gdb_link *link, const void *data, size_t len);

/* Hangs up. */
void gdb_link_drop(struct gdb_link *link);

/* Closes the link, and removes a socket's file. */
void gdb_link_close(struct gdb_link *link);

#endif

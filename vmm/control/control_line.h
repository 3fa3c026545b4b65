/*
 * What both ends of a control socket agree on: where it is, and its lines. Pure.
 *
 * The socket is in Linux's abstract namespace, so it is gone when duet is, however that ends, and
 * no file is left behind. It has no permissions, so each end asks the kernel for the other's user.
 *
 * A client sends one line, "COMMAND [ARGUMENT]\n", and with "migrate" a connection (SCM_RIGHTS). It
 * is answered by one byte, CONTROL_DONE or CONTROL_REFUSED, then words, then the end; before that
 * there may be lines that begin with CONTROL_PROGRESS and say how far it is. But after "console"
 * there is the guest's output instead of words, and what the client sends is typed for the guest.
 */
#ifndef DUET_VMM_CONTROL_LINE_H
#define DUET_VMM_CONTROL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define CONTROL_DONE     '+'
#define CONTROL_REFUSED  '-'
#define CONTROL_PROGRESS '~'

/* Most bytes of a line, with its end. */
#define CONTROL_LINE_MAX 256

/* Most bytes of a VM's name, with its NUL. */
#define CONTROL_NAME_MAX 48

enum control_take {
    CONTROL_TAKE_MORE,  /* the line has not ended */
    CONTROL_TAKE_LINE,  /* it has, and is text now: without its end, with a NUL */
    CONTROL_TAKE_WRONG, /* it is no line of text, or too long */
};

/* Whether the `len` bytes at `line`, which has room for CONTROL_LINE_MAX, begin with a line. If so,
 * `*rest` is the index of the first byte behind it. */
enum control_take control_line_take(char *line, size_t len, size_t *rest);

/* Splits a line at its first blanks: ends the command with a NUL, and returns the argument, which
 * is empty if there is none. */
char *control_line_split(char *line);

/* Whether a VM may have this name: letters, digits, `.`, `_` and `-`, and not one of these two at
 * the beginning. */
bool control_name_is_valid(const char *name);

/* The name of a VM that was given none, from its guest's file: toyos for /a/toyos.elf. `number` is
 * 1 for the first try, and then 2, 3, ..., which is part of the name. */
void control_name_make(char name[CONTROL_NAME_MAX], const char *guest, unsigned number);

/* Fills in the address of the socket of this user's VM. Returns its length in bytes. */
socklen_t control_address(struct sockaddr_un *address, uid_t user, const char *name);

/* If a line of /proc/net/unix is about the socket of one of this user's VMs that waits for clients,
 * copies its name. */
bool control_name_find(char name[CONTROL_NAME_MAX], const char *line, uid_t user);

#endif

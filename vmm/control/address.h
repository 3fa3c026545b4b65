/* The address at which a guest is awaited that another duet sends (state/migrate.h): of a Unix
 * socket its path, of TCP "A.B.C.D:PORT", or ":PORT" for 127.0.0.1. */
#ifndef DUET_VMM_ADDRESS_H
#define DUET_VMM_ADDRESS_H

/* Connects to it. A socket, or -1 after saying why. */
int address_connect(const char *text);

/* Waits there for one connection. A Unix socket is this user's alone, and its file is gone
 * afterwards. The connection, or -1 after saying why. */
int address_accept(const char *text);

#endif
